// Keeps events in PostgreSQL: a function of the database does a delivery's whole work, so that it is one round trip and one transaction.
import pg from 'pg';

// Sequences fit a double for longer than anybody will run this; pg gives texts for them by default.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

// Times are texts, as in the stores on SQLite: they come sorted and formatted, and none has to be parsed to be answered.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS event (
    sequence       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id     text UNIQUE,
    location_id    text NOT NULL,
    association_id text NOT NULL,
    kind           text NOT NULL,
    occurred_at    text,
    recorded_at    text NOT NULL,
    body           text NOT NULL
  );
  CREATE TABLE IF NOT EXISTS association (
    location_id                 text COLLATE "C" NOT NULL,
    association_id              text COLLATE "C" NOT NULL,
    key                         text,
    association_type            text,
    first_object_key            text,
    first_object_label          text,
    first_to_second_cardinality text,
    second_object_key           text,
    second_object_label         text,
    second_to_first_cardinality text,
    created_at                  text,
    updated_at                  text COLLATE "C" NOT NULL,
    deleted_at                  text,
    last_sequence               bigint NOT NULL,
    PRIMARY KEY (location_id, association_id)
  );
  CREATE OR REPLACE FUNCTION record(
    new_webhook_id text, new_kind text, new_occurred_at text, new_recorded_at text, new_body text, new association,
    OUT status text, OUT sequence bigint
  ) LANGUAGE plpgsql AS $$
  #variable_conflict use_column
  BEGIN
    -- Looked up first, since an insert that finds its webhook there has already used up a sequence.
    SELECT 'duplicate', e.sequence INTO status, sequence FROM event e WHERE e.webhook_id = new_webhook_id;
    IF FOUND THEN RETURN; END IF;
    INSERT INTO event (webhook_id, location_id, association_id, kind, occurred_at, recorded_at, body)
    VALUES (new_webhook_id, new.location_id, new.association_id, new_kind, new_occurred_at, new_recorded_at, new_body)
    ON CONFLICT (webhook_id) DO NOTHING
    RETURNING 'recorded', event.sequence INTO status, sequence;
    IF NOT FOUND THEN
      -- It came twice at once; the insert has waited until the other one was committed.
      SELECT 'duplicate', e.sequence INTO status, sequence FROM event e WHERE e.webhook_id = new_webhook_id;
      RETURN;
    END IF;
    new.last_sequence := sequence;
    INSERT INTO association AS a SELECT new.*
    ON CONFLICT (location_id, association_id) DO UPDATE SET
      key                         = coalesce(excluded.key, a.key),
      association_type            = coalesce(excluded.association_type, a.association_type),
      first_object_key            = coalesce(excluded.first_object_key, a.first_object_key),
      first_object_label          = coalesce(excluded.first_object_label, a.first_object_label),
      first_to_second_cardinality = coalesce(excluded.first_to_second_cardinality, a.first_to_second_cardinality),
      second_object_key           = coalesce(excluded.second_object_key, a.second_object_key),
      second_object_label         = coalesce(excluded.second_object_label, a.second_object_label),
      second_to_first_cardinality = coalesce(excluded.second_to_first_cardinality, a.second_to_first_cardinality),
      created_at                  = coalesce(a.created_at, excluded.created_at),
      updated_at                  = excluded.updated_at,
      deleted_at                  = coalesce(a.deleted_at, excluded.deleted_at),
      last_sequence               = greatest(a.last_sequence, excluded.last_sequence)
    WHERE excluded.updated_at >= a.updated_at;
    IF NOT FOUND THEN
      -- It came late: it overrides nothing, fills what is not known, and a Delete is final even then.
      UPDATE association a SET
        key                         = coalesce(a.key, new.key),
        association_type            = coalesce(a.association_type, new.association_type),
        first_object_key            = coalesce(a.first_object_key, new.first_object_key),
        first_object_label          = coalesce(a.first_object_label, new.first_object_label),
        first_to_second_cardinality = coalesce(a.first_to_second_cardinality, new.first_to_second_cardinality),
        second_object_key           = coalesce(a.second_object_key, new.second_object_key),
        second_object_label         = coalesce(a.second_object_label, new.second_object_label),
        second_to_first_cardinality = coalesce(a.second_to_first_cardinality, new.second_to_first_cardinality),
        created_at                  = coalesce(a.created_at, new.created_at),
        deleted_at                  = coalesce(a.deleted_at, new.deleted_at),
        last_sequence               = greatest(a.last_sequence, new.last_sequence)
      WHERE a.location_id = new.location_id AND a.association_id = new.association_id;
    END IF;
  END $$`;

// A statement with a name is prepared once for each connection.
const RECORD = {
  name: 'record',
  text: `SELECT status, sequence
         FROM record($1, $2, $3, $4, $5, ROW($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, NULL)::association)`,
};

const LAST = { name: 'last', text: 'SELECT coalesce(max(last_sequence), 0) AS last FROM association WHERE location_id = $1' };

const ACTIVE = {
  name: 'active',
  text: `
    SELECT association_id AS id, location_id AS "locationId", key, association_type AS "associationType",
           first_object_key AS "firstObjectKey", first_object_label AS "firstObjectLabel",
           first_to_second_cardinality AS "firstObjectToSecondObjectCardinality",
           second_object_key AS "secondObjectKey", second_object_label AS "secondObjectLabel",
           second_to_first_cardinality AS "secondObjectToFirstObjectCardinality",
           'active' AS status, created_at AS "createdAt", updated_at AS "updatedAt", deleted_at AS "deletedAt", last_sequence AS "lastSequence"
    FROM association
    WHERE location_id = $1 AND deleted_at IS NULL
    ORDER BY association_id
    LIMIT 100`,
};

async function expectSetting(pool, name) {
  const { rows } = await pool.query(`SHOW ${name}`);
  if (rows[0][name] !== 'on') throw new Error(`${name} is ${rows[0][name]} and not on`);
}

/** record() gives a promise of the result, fulfilled once it is committed. */
export async function openPostgresStore(url) {
  // Commits that come together share a flush of the log, so more connections than cores pay; on two cores, 16 did better than 10 and than 32.
  const pool = new pg.Pool({ connectionString: url, max: 16 });
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) await expectSetting(pool, name);
  await pool.query(SCHEMA);
  return {
    record: async (delivery) => {
      const { webhookId, kind, occurredAt, recordedAt, body, locationId, associationId, definition, createdAt, effectiveAt, deletedAt } = delivery;
      const association = [locationId, associationId, ...definition, createdAt, effectiveAt, deletedAt];
      const { rows } = await pool.query({ ...RECORD, values: [webhookId, kind, occurredAt, recordedAt, body, ...association] });
      return rows[0];
    },
    // In this order, what is answered is at least as new as asOfSequence says.
    associations: async (locationId) => {
      const last = await pool.query({ ...LAST, values: [locationId] });
      const active = await pool.query({ ...ACTIVE, values: [locationId] });
      return { locationId, asOfSequence: last.rows[0].last, associations: active.rows, nextCursor: null };
    },
    close: () => pool.end(),
  };
}
