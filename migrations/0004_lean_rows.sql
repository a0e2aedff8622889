-- Fewer bytes, and fewer pages, for each event: definitions stand once, deliveries are recognised by their bodies, and UUIDs take 16 bytes.

-- What the state of an association says of its objects. Locations are set up from the same few templates, so most definitions stand in very many
-- associations; the integer behind one is a tenth of it.
CREATE TABLE definition (
  definition_ref              INTEGER PRIMARY KEY,
  key                         TEXT,
  association_type            TEXT,
  first_object_key            TEXT,
  first_object_label          TEXT,
  first_to_second_cardinality TEXT,
  second_object_key           TEXT,
  second_object_label         TEXT,
  second_to_first_cardinality TEXT
) STRICT;
-- Enough of it to find the one in question among few.
CREATE INDEX definition_by_content ON definition (key, first_object_label, second_object_label);

-- Each stands once: two rows that say the same would make the state of a rebuild another one.
CREATE TRIGGER definition_is_not_replaced BEFORE INSERT ON definition
WHEN EXISTS (SELECT 1 FROM definition WHERE definition_ref = NEW.definition_ref)
  OR EXISTS (SELECT 1 FROM definition d
             WHERE d.key IS NEW.key AND d.first_object_label IS NEW.first_object_label AND d.second_object_label IS NEW.second_object_label
               AND d.association_type IS NEW.association_type AND d.first_object_key IS NEW.first_object_key
               AND d.first_to_second_cardinality IS NEW.first_to_second_cardinality AND d.second_object_key IS NEW.second_object_key
               AND d.second_to_first_cardinality IS NEW.second_to_first_cardinality)
BEGIN SELECT RAISE(ABORT, 'definition: append-only'); END;
CREATE TRIGGER definition_is_not_updated BEFORE UPDATE ON definition
BEGIN SELECT RAISE(ABORT, 'definition: append-only'); END;
CREATE TRIGGER definition_is_not_deleted BEFORE DELETE ON definition
BEGIN SELECT RAISE(ABORT, 'definition: append-only'); END;

INSERT INTO definition (key, association_type, first_object_key, first_object_label, first_to_second_cardinality, second_object_key,
                        second_object_label, second_to_first_cardinality)
SELECT DISTINCT key, association_type, first_object_key, first_object_label, first_to_second_cardinality, second_object_key,
                second_object_label, second_to_first_cardinality
FROM association_state;

-- The views over what changes are made anew behind it, column for column as they were.
DROP VIEW associations;
DROP VIEW recreated_associations;
DROP VIEW conflicting_deliveries;
DROP VIEW deletions;
DROP VIEW label_history;
DROP VIEW events;

-- Webhook ids are UUIDs as a rule: what is recorded from here on has them in 16 bytes, where it can be given back as it came. Else, and before, as text.
ALTER TABLE event ADD COLUMN webhook_uuid BLOB CHECK (webhook_uuid IS NULL OR (length(webhook_uuid) = 16 AND webhook_id IS NULL));

ALTER TABLE association_state RENAME TO wide_state;
CREATE TABLE association_state (
  association_ref INTEGER PRIMARY KEY REFERENCES association,
  definition_ref  INTEGER NOT NULL REFERENCES definition,
  created_at      INTEGER,
  updated_at      INTEGER NOT NULL,
  deleted_at      INTEGER,
  last_sequence   INTEGER NOT NULL REFERENCES event,
  deleted_by      INTEGER REFERENCES event,
  CHECK ((deleted_at IS NULL) = (deleted_by IS NULL))
) STRICT;
INSERT INTO association_state
SELECT w.association_ref, d.definition_ref, w.created_at, w.updated_at, w.deleted_at, w.last_sequence, w.deleted_by
FROM wide_state w
JOIN definition d ON d.key IS w.key AND d.first_object_label IS w.first_object_label AND d.second_object_label IS w.second_object_label
                 AND d.association_type IS w.association_type AND d.first_object_key IS w.first_object_key
                 AND d.first_to_second_cardinality IS w.first_to_second_cardinality AND d.second_object_key IS w.second_object_key
                 AND d.second_to_first_cardinality IS w.second_to_first_cardinality;
DROP TABLE wide_state;

CREATE VIEW associations AS
SELECT l.location_id,
       a.association_id,
       CASE WHEN t.deleted_at IS NULL THEN 'active' ELSE 'deleted' END AS status,
       d.key,
       d.association_type,
       d.first_object_key,
       d.first_object_label,
       d.first_to_second_cardinality,
       d.second_object_key,
       d.second_object_label,
       d.second_to_first_cardinality,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at / 1000.0, 'unixepoch') AS created_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
       t.last_sequence,
       t.deleted_by AS deleted_by_sequence
FROM association_state t
JOIN association a ON a.association_ref = t.association_ref
JOIN location l ON l.location_ref = a.location_ref
JOIN definition d ON d.definition_ref = t.definition_ref;

CREATE VIEW deletions AS
SELECT l.location_id,
       a.association_id,
       d.key,
       d.association_type,
       d.first_object_key,
       d.first_object_label,
       d.second_object_key,
       d.second_object_label,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at / 1000.0, 'unixepoch') AS created_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
       e.occurred_at IS NOT NULL AS deleted_at_is_from_sender,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       e.sequence,
       coalesce(e.webhook_id,
                lower(substr(hex(e.webhook_uuid), 1, 8) || '-' || substr(hex(e.webhook_uuid), 9, 4) || '-' || substr(hex(e.webhook_uuid), 13, 4) || '-' ||
                      substr(hex(e.webhook_uuid), 17, 4) || '-' || substr(hex(e.webhook_uuid), 21))) AS webhook_id,
       e.trace_id,
       c.name AS signature_scheme,
       g.key_id
FROM association_state t
JOIN event e ON e.sequence = t.deleted_by
JOIN association a ON a.association_ref = t.association_ref
JOIN location l ON l.location_ref = a.location_ref
JOIN definition d ON d.definition_ref = t.definition_ref
LEFT JOIN signing_key g ON g.key_ref = e.key_ref
LEFT JOIN signature_scheme c ON c.scheme = g.scheme;

CREATE VIEW recreated_associations AS
SELECT l.location_id,
       a.association_id AS deleted_association_id,
       b.association_id AS recreated_association_id,
       gone_as.key AS deleted_key,
       came_as.key AS recreated_key,
       came_as.first_object_label,
       came_as.second_object_label,
       strftime('%Y-%m-%dT%H:%M:%fZ', gone.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', came.created_at / 1000.0, 'unixepoch') AS recreated_at
FROM association_state gone
JOIN definition gone_as ON gone_as.definition_ref = gone.definition_ref
JOIN association a ON a.association_ref = gone.association_ref
JOIN location l ON l.location_ref = a.location_ref
JOIN association b ON b.location_ref = a.location_ref AND b.association_ref <> a.association_ref
JOIN association_state came ON came.association_ref = b.association_ref
JOIN definition came_as ON came_as.definition_ref = came.definition_ref
WHERE gone.deleted_at IS NOT NULL
  AND came.created_at >= gone.deleted_at
  AND (came_as.key = gone_as.key
       OR (came_as.first_object_key = gone_as.first_object_key AND came_as.second_object_key = gone_as.second_object_key
           AND came_as.first_object_label = gone_as.first_object_label AND came_as.second_object_label = gone_as.second_object_label));

CREATE VIEW events AS
SELECT e.sequence,
       k.name AS event,
       l.location_id,
       a.association_id,
       coalesce(e.webhook_id,
                lower(substr(hex(e.webhook_uuid), 1, 8) || '-' || substr(hex(e.webhook_uuid), 9, 4) || '-' || substr(hex(e.webhook_uuid), 13, 4) || '-' ||
                      substr(hex(e.webhook_uuid), 17, 4) || '-' || substr(hex(e.webhook_uuid), 21))) AS webhook_id,
       e.trace_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.occurred_at / 1000.0, 'unixepoch') AS occurred_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(e.occurred_at, e.recorded_at) / 1000.0, 'unixepoch') AS effective_at,
       s.name AS source,
       (e.flags & 1) <> 0 AS event_mismatch,
       (e.flags & 2) <> 0 AS late,
       (e.flags & 4) <> 0 AS after_delete,
       c.name AS signature_scheme,
       g.key_id,
       CASE WHEN e.signature IS NOT NULL THEN lower(hex(e.signature)) END AS signature,
       lower(hex(e.body_sha256)) AS body_sha256,
       CAST(e.body AS TEXT) AS body
FROM event e
JOIN event_kind k ON k.kind = e.kind
JOIN association a ON a.association_ref = e.association_ref
JOIN location l ON l.location_ref = a.location_ref
JOIN event_source s ON s.source = e.source
LEFT JOIN signing_key g ON g.key_ref = e.key_ref
LEFT JOIN signature_scheme c ON c.scheme = g.scheme;

CREATE VIEW label_history AS
SELECT location_id,
       association_id,
       place,
       sequence,
       event,
       effective_at,
       substr(max(first_carried) OVER so_far, 11) AS first_object_label,
       substr(max(second_carried) OVER so_far, 11) AS second_object_label,
       substr(max(first_carried) OVER until_then, 11) AS previous_first_object_label,
       substr(max(second_carried) OVER until_then, 11) AS previous_second_object_label
FROM (
  SELECT *,
         printf('%010d', place) || json_extract(body, '$.firstObjectLabel') AS first_carried,
         printf('%010d', place) || json_extract(body, '$.secondObjectLabel') AS second_carried
  FROM (
    SELECT location_id,
           association_id,
           sequence,
           event,
           effective_at,
           body,
           row_number() OVER (
             PARTITION BY location_id, association_id
             ORDER BY effective_at, occurred_at IS NULL, CASE WHEN occurred_at IS NOT NULL THEN CAST(body AS BLOB) END, sequence
           ) AS place
    FROM events
  )
)
WINDOW so_far AS (PARTITION BY location_id, association_id ORDER BY place),
       until_then AS (PARTITION BY location_id, association_id ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

CREATE VIEW conflicting_deliveries AS
SELECT webhook_id,
       count(*) AS deliveries,
       min(sequence) AS first_sequence,
       max(sequence) AS last_sequence
FROM (
  SELECT e.sequence,
         coalesce(e.webhook_id,
                  lower(substr(hex(e.webhook_uuid), 1, 8) || '-' || substr(hex(e.webhook_uuid), 9, 4) || '-' || substr(hex(e.webhook_uuid), 13, 4) || '-' ||
                        substr(hex(e.webhook_uuid), 17, 4) || '-' || substr(hex(e.webhook_uuid), 21))) AS webhook_id
  FROM event e
  WHERE e.webhook_id IS NOT NULL OR e.webhook_uuid IS NOT NULL
)
GROUP BY webhook_id
HAVING count(*) > 1;

-- One body has one webhook id, so the first bytes of its hash recognise a repeated delivery as well, in a third of the space. A retry carries the same
-- signed timestamp: with the time in front, new entries stand at the right edge of the index.
DROP INDEX event_by_delivery;
CREATE INDEX event_by_delivery ON event (occurred_at, substr(body_sha256, 1, 4));
