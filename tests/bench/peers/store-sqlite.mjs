// Keeps events through better-sqlite3: a commit for each delivery, or one for all that wait together.
import Database from 'better-sqlite3';

import {
  CREATE_ASSOCIATION,
  associationReader,
  completeAssociation,
  lateValues,
  upsertAssociation,
  upsertValues,
} from './association-table.mjs';

/** Opens `file` for writing. better-sqlite3 is built with synchronous=NORMAL for WAL, with which a power cut takes acknowledged commits: hence FULL. */
function openDatabase(file) {
  const db = new Database(file, { timeout: 5000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  const settings = `${db.pragma('journal_mode', { simple: true })} ${db.pragma('synchronous', { simple: true })}`;
  if (settings !== 'wal 2') throw new Error(`journal mode and synchronous are ${settings} and not wal 2`);
  return db;
}

/** Records one delivery. REQUIRES a transaction that is open. */
function recorder(db) {
  const append = db.prepare(`
    INSERT INTO event (webhook_id, location_id, association_id, kind, occurred_at, recorded_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (webhook_id) DO NOTHING`);
  const find = db.prepare('SELECT sequence FROM event WHERE webhook_id = ?').pluck();
  const upsert = db.prepare(upsertAssociation('?'));
  const complete = db.prepare(completeAssociation('?'));
  return (delivery) => {
    const { webhookId, locationId, associationId, kind, occurredAt, recordedAt, body } = delivery;
    const appended = append.run(webhookId, locationId, associationId, kind, occurredAt, recordedAt, body);
    if (appended.changes === 0) return { status: 'duplicate', sequence: find.get(webhookId) };
    const sequence = appended.lastInsertRowid;
    if (upsert.run(...upsertValues(delivery), sequence).changes === 0) complete.run(...lateValues(delivery), sequence, locationId, associationId);
    return { status: 'recorded', sequence };
  };
}

/** Lets deliveries wait until the turn of the event loop that brought them ends, and then commits them together. */
function groupCommitter(one, group) {
  let waiting = [];

  function commit() {
    const taken = waiting;
    waiting = [];
    let results;
    try {
      results = group(taken.map(({ delivery }) => delivery));
    } catch {
      // Rolled back as a whole. One bad delivery must not fail those that happened to come with it, so each gets a transaction of its own.
      for (const { delivery, resolve, reject } of taken) {
        try {
          resolve(one(delivery));
        } catch (error) {
          reject(error);
        }
      }
      return;
    }
    taken.forEach(({ resolve }, index) => resolve(results[index]));
  }

  return (delivery) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(commit);
      waiting.push({ delivery, resolve, reject });
    });
}

/** `grouping` is 'each' or 'grouped'. record() gives the result, or a promise of it, once it is committed. */
export function openSqliteStore(file, grouping) {
  const db = openDatabase(file);
  db.exec(`
    CREATE TABLE IF NOT EXISTS event (
      sequence       INTEGER PRIMARY KEY,
      webhook_id     TEXT UNIQUE,
      location_id    TEXT NOT NULL,
      association_id TEXT NOT NULL,
      kind           TEXT NOT NULL,
      occurred_at    TEXT,
      recorded_at    TEXT NOT NULL,
      body           TEXT NOT NULL
    ) STRICT;
    ${CREATE_ASSOCIATION}`);
  const record = recorder(db);
  const one = db.transaction(record).immediate;
  const group = db.transaction((deliveries) => deliveries.map(record)).immediate;
  return {
    record: grouping === 'grouped' ? groupCommitter(one, group) : (delivery) => one(delivery),
    associations: associationReader(db),
    close: () => db.close(),
  };
}
