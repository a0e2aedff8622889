// Keeps events in Emmett's SQLite event store: a stream for each association, projected in the transaction that appends.
import Database from 'better-sqlite3';
import { projections } from '@event-driven-io/emmett';
import { getSQLiteEventStore, sqliteConnection, sqliteProjection } from '@event-driven-io/emmett-sqlite';

import {
  CREATE_ASSOCIATION,
  associationReader,
  completeAssociation,
  lateValues,
  upsertAssociation,
  upsertValues,
} from './association-table.mjs';

// Emmett does not tell a projection the global position, which is the rowid of what it inserted last. Both tables below have no rowids, so
// that writing to them leaves it as it is.
const SEQUENCE = 'last_insert_rowid()';
const UPSERT = upsertAssociation(SEQUENCE);
const COMPLETE = completeAssociation(SEQUENCE);
const CREATE_DELIVERY = 'CREATE TABLE IF NOT EXISTS delivery (webhook_id TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID';
const NOTE_DELIVERY = `INSERT INTO delivery VALUES (?, ${SEQUENCE})`;
const FIND_DELIVERY = 'SELECT sequence FROM delivery WHERE webhook_id = ?';

async function project(delivery, connection) {
  if (delivery.webhookId !== null) await connection.command(NOTE_DELIVERY, [delivery.webhookId]);
  const upserted = await connection.command(UPSERT, upsertValues(delivery));
  if (upserted.changes === 0) await connection.command(COMPLETE, [...lateValues(delivery), delivery.locationId, delivery.associationId]);
}

/**
 * A pool of one connection, lent to one borrower after the other. Emmett's own pool opens the file anew for each append, and when many come at once
 * the waiters occupy the threads that the holder of the lock needs, until nearly all fail as busy.
 */
function poolOfOne(connection) {
  let last = Promise.resolve();
  return {
    connection: async () => connection,
    withConnection: (borrow) => {
      const lent = last.then(() => borrow(connection));
      last = lent.catch(() => {});
      return lent;
    },
    close: async () => {
      await last;
      connection.close();
    },
  };
}

/** Emmett asks for the write-ahead log and does not wait for it: what it does next may be faster. So the file has one before Emmett opens it. */
function createWithLog(file) {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.close();
}

async function openConnection(file) {
  createWithLog(file);
  const connection = sqliteConnection({ fileName: file });
  await connection.command('PRAGMA synchronous = FULL');
  const { journal_mode: journalMode } = await connection.querySingle('PRAGMA journal_mode');
  const { synchronous } = await connection.querySingle('PRAGMA synchronous');
  if (journalMode !== 'wal' || synchronous !== 2) throw new Error(`journal mode and synchronous are ${journalMode} ${synchronous} and not wal 2`);
  return connection;
}

/** record() gives a promise of the result, fulfilled once it is committed. */
export async function openEmmettStore(file) {
  const pool = poolOfOne(await openConnection(file));
  const association = sqliteProjection({
    name: 'association',
    canHandle: ['AssociationCreate', 'AssociationUpdate', 'AssociationDelete'],
    init: ({ context }) => context.connection.batchCommand([CREATE_DELIVERY, CREATE_ASSOCIATION]),
    handle: async (events, { connection }) => {
      for (const event of events) await project(event.data, connection);
    },
  });
  const store = getSQLiteEventStore({ fileName: file, pool, projections: projections.inline([association]) });
  await store.schema.migrate();
  const reading = new Database(file, { readonly: true });

  const findDelivery = reading.prepare(FIND_DELIVERY).pluck();

  function find(webhookId) {
    const sequence = findDelivery.get(webhookId);
    return sequence === undefined ? null : { status: 'duplicate', sequence };
  }

  async function append(delivery) {
    const stream = `association-${delivery.locationId}-${delivery.associationId}`;
    const { lastEventGlobalPosition } = await store.appendToStream(stream, [{ type: delivery.kind, data: delivery }]);
    return { status: 'recorded', sequence: Number(lastEventGlobalPosition) };
  }

  return {
    record: async (delivery) => {
      const found = find(delivery.webhookId);
      if (found) return found;
      try {
        return await append(delivery);
      } catch (error) {
        // The same delivery may have come on two connections at once; then the table of deliveries refused the second.
        const winner = find(delivery.webhookId);
        if (winner) return winner;
        throw error;
      }
    },
    associations: associationReader(reading),
    close: async () => {
      reading.close();
      await pool.close();
    },
  };
}
