// Records deliveries through better-sqlite3, with one commit for each delivery or one for all that wait together.
import Database from 'better-sqlite3';

const CREATE_ASSOCIATION = `
  CREATE TABLE IF NOT EXISTS association (
    location_id                 TEXT NOT NULL,
    association_id              TEXT NOT NULL,
    key                         TEXT,
    association_type            TEXT,
    first_object_key            TEXT,
    first_object_label          TEXT,
    first_to_second_cardinality TEXT,
    second_object_key           TEXT,
    second_object_label         TEXT,
    second_to_first_cardinality TEXT,
    created_at                  TEXT,
    updated_at                  TEXT NOT NULL,
    deleted_at                  TEXT,
    last_sequence               INTEGER NOT NULL,
    PRIMARY KEY (location_id, association_id)
  ) STRICT, WITHOUT ROWID`;

/** Applies an event that is the newest of its association, and changes nothing otherwise. Parameters: upsertValues(), sequence. */
const UPSERT_ASSOCIATION = `
  INSERT INTO association VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (location_id, association_id) DO UPDATE SET
    key                         = coalesce(excluded.key, key),
    association_type            = coalesce(excluded.association_type, association_type),
    first_object_key            = coalesce(excluded.first_object_key, first_object_key),
    first_object_label          = coalesce(excluded.first_object_label, first_object_label),
    first_to_second_cardinality = coalesce(excluded.first_to_second_cardinality, first_to_second_cardinality),
    second_object_key           = coalesce(excluded.second_object_key, second_object_key),
    second_object_label         = coalesce(excluded.second_object_label, second_object_label),
    second_to_first_cardinality = coalesce(excluded.second_to_first_cardinality, second_to_first_cardinality),
    created_at                  = coalesce(created_at, excluded.created_at),
    updated_at                  = excluded.updated_at,
    deleted_at                  = coalesce(deleted_at, excluded.deleted_at),
    last_sequence               = excluded.last_sequence
  WHERE excluded.updated_at >= updated_at`;

function upsertValues(delivery) {
  return [delivery.locationId, delivery.associationId, ...delivery.definition, delivery.createdAt, delivery.effectiveAt, delivery.deletedAt];
}

/** Applies a late event: it fills unknown fields, overrides nothing, and a Delete is still final. Parameters: lateValues(), sequence, ids. */
const COMPLETE_ASSOCIATION = `
  UPDATE association SET
    key                         = coalesce(key, ?),
    association_type            = coalesce(association_type, ?),
    first_object_key            = coalesce(first_object_key, ?),
    first_object_label          = coalesce(first_object_label, ?),
    first_to_second_cardinality = coalesce(first_to_second_cardinality, ?),
    second_object_key           = coalesce(second_object_key, ?),
    second_object_label         = coalesce(second_object_label, ?),
    second_to_first_cardinality = coalesce(second_to_first_cardinality, ?),
    created_at                  = coalesce(created_at, ?),
    deleted_at                  = coalesce(deleted_at, ?),
    last_sequence               = ?
  WHERE location_id = ? AND association_id = ?`;

function lateValues(delivery) {
  return [...delivery.definition, delivery.createdAt, delivery.deletedAt];
}

/** Reads the active associations of a location. Columns have the names of the response, so rows go to the serializer unchanged. */
function associationReader(db) {
  const active = db.prepare(`
    SELECT association_id AS id, location_id AS locationId, key, association_type AS associationType,
           first_object_key AS firstObjectKey, first_object_label AS firstObjectLabel,
           first_to_second_cardinality AS firstObjectToSecondObjectCardinality,
           second_object_key AS secondObjectKey, second_object_label AS secondObjectLabel,
           second_to_first_cardinality AS secondObjectToFirstObjectCardinality,
           'active' AS status, created_at AS createdAt, updated_at AS updatedAt, deleted_at AS deletedAt, last_sequence AS lastSequence
    FROM association
    WHERE location_id = ? AND deleted_at IS NULL
    ORDER BY association_id
    LIMIT 100`);
  const last = db.prepare('SELECT coalesce(max(last_sequence), 0) FROM association WHERE location_id = ?').pluck();
  const read = db.transaction((locationId) => ({
    locationId,
    asOfSequence: last.get(locationId),
    associations: active.all(locationId),
    nextCursor: null,
  }));
  return (locationId) => read(locationId);
}

/** Opens `file` for writing. The default of better-sqlite3 in WAL mode is synchronous=NORMAL, which can lose acknowledged commits; hence FULL. */
function openDatabase(file) {
  const db = new Database(file, { timeout: 5000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  const settings = `${db.pragma('journal_mode', { simple: true })} ${db.pragma('synchronous', { simple: true })}`;
  if (settings !== 'wal 2') throw new Error(`journal mode and synchronous are ${settings} and not wal 2`);
  return db;
}

/** Records one delivery. REQUIRES an open transaction. */
function recorder(db) {
  const append = db.prepare(`
    INSERT INTO event (webhook_id, location_id, association_id, kind, occurred_at, recorded_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (webhook_id) DO NOTHING`);
  const find = db.prepare('SELECT sequence FROM event WHERE webhook_id = ?').pluck();
  const upsert = db.prepare(UPSERT_ASSOCIATION);
  const complete = db.prepare(COMPLETE_ASSOCIATION);
  return (delivery) => {
    const { webhookId, locationId, associationId, kind, occurredAt, recordedAt, body } = delivery;
    const appended = append.run(webhookId, locationId, associationId, kind, occurredAt, recordedAt, body);
    if (appended.changes === 0) return { status: 'duplicate', sequence: find.get(webhookId) };
    const sequence = appended.lastInsertRowid;
    if (upsert.run(...upsertValues(delivery), sequence).changes === 0) complete.run(...lateValues(delivery), sequence, locationId, associationId);
    return { status: 'recorded', sequence };
  };
}

/** Collects the deliveries of one iteration of the event loop and commits them together. */
function groupCommitter(one, group) {
  let waiting = [];

  function commit() {
    const taken = waiting;
    waiting = [];
    let results;
    try {
      results = group(taken.map(({ delivery }) => delivery));
    } catch {
      // The whole group was rolled back. One bad delivery must not fail the others, so each is repeated in its own transaction.
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

/** `grouping` is 'each' or 'grouped'. record() returns the result, or a promise of it, after the commit. */
export function openStore(file, grouping) {
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
