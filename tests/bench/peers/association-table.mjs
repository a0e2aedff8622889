// The table of current associations in SQLite, which all stores on SQLite share: made, written and read here.

export const CREATE_ASSOCIATION = `
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

/** Writes an event that is the newest of its association, and changes nothing where it is not. `sequence` is SQL. Parameters: upsertValues(). */
export const upsertAssociation = (sequence) => `
  INSERT INTO association VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${sequence})
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

export function upsertValues(delivery) {
  return [delivery.locationId, delivery.associationId, ...delivery.definition, delivery.createdAt, delivery.effectiveAt, delivery.deletedAt];
}

/** Writes an event that came late: it overrides nothing, fills what is not known, and a Delete is final even then. Parameters: lateValues(). */
export const completeAssociation = (sequence) => `
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
    last_sequence               = ${sequence}
  WHERE location_id = ? AND association_id = ?`;

export function lateValues(delivery) {
  return [...delivery.definition, delivery.createdAt, delivery.deletedAt];
}

/**
 * Reads what a location has through `db`, a better-sqlite3 connection. Columns are named as in the answer, so that rows go to the serializer as they
 * are.
 */
export function associationReader(db) {
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
