-- Schema 1: the log, the dictionaries that keep it small, the quarantine, the guards that make all of it append-only, and the current state.
-- Times are milliseconds since 1970-01-01T00:00:00Z. The views at the end are a promise to auditors, tables are not.

-- One row. The lineage id is a UUID that was made with the database: a reader recognises by it a log that was restored or exchanged.
CREATE TABLE ledger (
  only       INTEGER PRIMARY KEY CHECK (only = 1),
  lineage    TEXT NOT NULL CHECK (length(lineage) = 36),
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO ledger
SELECT 1,
       substr(random, 1, 8) || '-' || substr(random, 9, 4) || '-4' || substr(random, 14, 3) || '-8' || substr(random, 18, 3) || '-' || substr(random, 21),
       unixepoch() * 1000
FROM (SELECT lower(hex(randomblob(16))) AS random);

-- Kinds, sources and schemes are the numbers of domain/event.h.
CREATE TABLE event_kind (
  kind INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO event_kind VALUES
  (1, 'AssociationCreate'), (2, 'AssociationUpdate'), (3, 'AssociationDelete'), (4, 'RelationCreate'), (5, 'RelationDelete'), (6, 'INSTALL'),
  (7, 'UNINSTALL'), (8, 'Observed'), (9, 'Missing');

CREATE TABLE event_source (
  source INTEGER PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO event_source VALUES (1, 'webhook'), (2, 'import'), (3, 'reconcile');

CREATE TABLE subject_kind (
  kind INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO subject_kind VALUES (1, 'association'), (2, 'relation'), (3, 'location');

CREATE TABLE signature_scheme (
  scheme INTEGER PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO signature_scheme VALUES (1, 'ed25519'), (2, 'rsa-pkcs1-sha256');

-- Small integers stand for long ids: an index entry of an event is then a few bytes. A commit costs pages, not bytes.
CREATE TABLE location (
  location_ref INTEGER PRIMARY KEY,
  location_id  TEXT NOT NULL UNIQUE CHECK (length(CAST(location_id AS BLOB)) BETWEEN 1 AND 256)
) STRICT;

-- What an event is about. A location, as a subject, has an empty id.
CREATE TABLE subject (
  subject_ref  INTEGER PRIMARY KEY,
  location_ref INTEGER NOT NULL REFERENCES location,
  kind         INTEGER NOT NULL REFERENCES subject_kind,
  subject_id   TEXT NOT NULL CHECK (length(CAST(subject_id AS BLOB)) <= 256),
  UNIQUE (location_ref, kind, subject_id),
  CHECK ((kind = 3) = (subject_id = ''))
) STRICT;

CREATE TABLE signing_key (
  key_ref INTEGER PRIMARY KEY,
  key_id  TEXT NOT NULL UNIQUE CHECK (length(key_id) = 64),
  scheme  INTEGER NOT NULL REFERENCES signature_scheme
) STRICT;

-- Authentic deliveries that could not be decoded. `reason` is what the sender was answered.
CREATE TABLE quarantine (
  quarantine_id INTEGER PRIMARY KEY CHECK (quarantine_id > 0),
  path_kind     INTEGER REFERENCES event_kind,
  recorded_at   INTEGER NOT NULL,
  source        INTEGER NOT NULL REFERENCES event_source,
  key_ref       INTEGER REFERENCES signing_key,
  signature     BLOB,
  reason        TEXT NOT NULL,
  body_sha256   BLOB NOT NULL CHECK (length(body_sha256) = 32),
  body          BLOB NOT NULL,
  CHECK ((key_ref IS NULL) = (signature IS NULL))
) STRICT;
CREATE INDEX quarantine_by_body ON quarantine (body_sha256);

-- occurred_at is what the sender said. effective_at orders the events of a subject: occurred_at if it is believed, else the time of arrival.
-- A webhook id that is a UUID stands in 16 bytes, if it can be given back as it came; any other as text.
CREATE TABLE event (
  sequence      INTEGER PRIMARY KEY CHECK (sequence > 0),
  kind          INTEGER NOT NULL REFERENCES event_kind,
  subject_ref   INTEGER NOT NULL REFERENCES subject,
  effective_at  INTEGER NOT NULL,
  occurred_at   INTEGER,
  recorded_at   INTEGER NOT NULL,
  source        INTEGER NOT NULL REFERENCES event_source,
  flags         INTEGER NOT NULL CHECK (flags BETWEEN 0 AND 4294967295),
  webhook_id    TEXT,
  webhook_uuid  BLOB CHECK (webhook_uuid IS NULL OR (length(webhook_uuid) = 16 AND webhook_id IS NULL)),
  trace_id      TEXT,
  key_ref       INTEGER REFERENCES signing_key,
  signature     BLOB,
  quarantine_id INTEGER REFERENCES quarantine,
  body_sha256   BLOB NOT NULL CHECK (length(body_sha256) = 32),
  body          BLOB NOT NULL,
  CHECK ((key_ref IS NULL) = (signature IS NULL)),
  CHECK (key_ref IS NULL OR source = 1)
) STRICT;

-- Two indexes, because each random entry costs a page in the write-ahead log:
-- the events of one subject in the order of the fold, with their kinds, so that the lives around a late event are found without reading a row, and
CREATE INDEX event_by_subject ON event (subject_ref, effective_at, kind);
-- the recognition of bytes that are recorded already. The body holds the timestamp and the webhook id, so equal bodies have equal ones. With the time
-- in front, new entries stand at the right edge of the index; the first bytes of the hash take a third of the space of a webhook id.
CREATE INDEX event_by_delivery ON event (occurred_at, substr(body_sha256, 1, 4), kind);

-- What an operator decided about a delivery in quarantine. Only a dismissal can be followed by another decision. An admitted delivery is the event
-- `sequence`, which names it in quarantine_id; a duplicate was admitted when that event was recorded already.
CREATE TABLE quarantine_decision (
  quarantine_id INTEGER NOT NULL REFERENCES quarantine,
  decision      TEXT NOT NULL CHECK (decision IN ('admitted', 'duplicate', 'dismissed')),
  decided_at    INTEGER NOT NULL,
  sequence      INTEGER REFERENCES event,
  PRIMARY KEY (quarantine_id, decision),
  CHECK ((sequence IS NULL) = (decision = 'dismissed'))
) STRICT, WITHOUT ROWID;

-- The guards. BEFORE INSERT also stops REPLACE, which would pass the other two.
CREATE TRIGGER event_is_dense BEFORE INSERT ON event
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM event)
BEGIN SELECT RAISE(ABORT, 'event: sequences are dense and append-only'); END;
CREATE TRIGGER event_is_not_updated BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event: the log is append-only'); END;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event: the log is append-only'); END;

CREATE TRIGGER quarantine_is_dense BEFORE INSERT ON quarantine
WHEN NEW.quarantine_id IS NOT (SELECT coalesce(max(quarantine_id), 0) + 1 FROM quarantine)
BEGIN SELECT RAISE(ABORT, 'quarantine: ids are dense and append-only'); END;
CREATE TRIGGER quarantine_is_not_updated BEFORE UPDATE ON quarantine
BEGIN SELECT RAISE(ABORT, 'quarantine: append-only'); END;
CREATE TRIGGER quarantine_is_not_deleted BEFORE DELETE ON quarantine
BEGIN SELECT RAISE(ABORT, 'quarantine: append-only'); END;

CREATE TRIGGER quarantine_decision_is_final BEFORE INSERT ON quarantine_decision
WHEN EXISTS (SELECT 1 FROM quarantine_decision
             WHERE quarantine_id = NEW.quarantine_id AND (decision <> 'dismissed' OR NEW.decision = 'dismissed'))
BEGIN SELECT RAISE(ABORT, 'quarantine_decision: append-only'); END;
CREATE TRIGGER quarantine_decision_is_not_updated BEFORE UPDATE ON quarantine_decision
BEGIN SELECT RAISE(ABORT, 'quarantine_decision: append-only'); END;
CREATE TRIGGER quarantine_decision_is_not_deleted BEFORE DELETE ON quarantine_decision
BEGIN SELECT RAISE(ABORT, 'quarantine_decision: append-only'); END;

CREATE TRIGGER ledger_is_not_replaced BEFORE INSERT ON ledger
WHEN EXISTS (SELECT 1 FROM ledger)
BEGIN SELECT RAISE(ABORT, 'ledger: append-only'); END;
CREATE TRIGGER ledger_is_not_updated BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'ledger: append-only'); END;
CREATE TRIGGER ledger_is_not_deleted BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'ledger: append-only'); END;

-- What events point to is as permanent as they are.
CREATE TRIGGER location_is_not_replaced BEFORE INSERT ON location
WHEN EXISTS (SELECT 1 FROM location WHERE location_ref = NEW.location_ref OR location_id = NEW.location_id)
BEGIN SELECT RAISE(ABORT, 'location: append-only'); END;
CREATE TRIGGER location_is_not_updated BEFORE UPDATE ON location
BEGIN SELECT RAISE(ABORT, 'location: append-only'); END;
CREATE TRIGGER location_is_not_deleted BEFORE DELETE ON location
BEGIN SELECT RAISE(ABORT, 'location: append-only'); END;

CREATE TRIGGER subject_is_not_replaced BEFORE INSERT ON subject
WHEN EXISTS (SELECT 1 FROM subject WHERE subject_ref = NEW.subject_ref)
  OR EXISTS (SELECT 1 FROM subject WHERE location_ref = NEW.location_ref AND kind = NEW.kind AND subject_id = NEW.subject_id)
BEGIN SELECT RAISE(ABORT, 'subject: append-only'); END;
CREATE TRIGGER subject_is_not_updated BEFORE UPDATE ON subject
BEGIN SELECT RAISE(ABORT, 'subject: append-only'); END;
CREATE TRIGGER subject_is_not_deleted BEFORE DELETE ON subject
BEGIN SELECT RAISE(ABORT, 'subject: append-only'); END;

CREATE TRIGGER signing_key_is_not_replaced BEFORE INSERT ON signing_key
WHEN EXISTS (SELECT 1 FROM signing_key WHERE key_ref = NEW.key_ref OR key_id = NEW.key_id)
BEGIN SELECT RAISE(ABORT, 'signing_key: append-only'); END;
CREATE TRIGGER signing_key_is_not_updated BEFORE UPDATE ON signing_key
BEGIN SELECT RAISE(ABORT, 'signing_key: append-only'); END;
CREATE TRIGGER signing_key_is_not_deleted BEFORE DELETE ON signing_key
BEGIN SELECT RAISE(ABORT, 'signing_key: append-only'); END;

-- The names of kinds, sources and schemes are read in every view, so they are as permanent as the log.
CREATE TRIGGER event_kind_is_not_replaced BEFORE INSERT ON event_kind
WHEN EXISTS (SELECT 1 FROM event_kind WHERE kind = NEW.kind OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'event_kind: append-only'); END;
CREATE TRIGGER event_kind_is_not_updated BEFORE UPDATE ON event_kind
BEGIN SELECT RAISE(ABORT, 'event_kind: append-only'); END;
CREATE TRIGGER event_kind_is_not_deleted BEFORE DELETE ON event_kind
BEGIN SELECT RAISE(ABORT, 'event_kind: append-only'); END;

CREATE TRIGGER event_source_is_not_replaced BEFORE INSERT ON event_source
WHEN EXISTS (SELECT 1 FROM event_source WHERE source = NEW.source OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'event_source: append-only'); END;
CREATE TRIGGER event_source_is_not_updated BEFORE UPDATE ON event_source
BEGIN SELECT RAISE(ABORT, 'event_source: append-only'); END;
CREATE TRIGGER event_source_is_not_deleted BEFORE DELETE ON event_source
BEGIN SELECT RAISE(ABORT, 'event_source: append-only'); END;

CREATE TRIGGER subject_kind_is_not_replaced BEFORE INSERT ON subject_kind
WHEN EXISTS (SELECT 1 FROM subject_kind WHERE kind = NEW.kind OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'subject_kind: append-only'); END;
CREATE TRIGGER subject_kind_is_not_updated BEFORE UPDATE ON subject_kind
BEGIN SELECT RAISE(ABORT, 'subject_kind: append-only'); END;
CREATE TRIGGER subject_kind_is_not_deleted BEFORE DELETE ON subject_kind
BEGIN SELECT RAISE(ABORT, 'subject_kind: append-only'); END;

CREATE TRIGGER signature_scheme_is_not_replaced BEFORE INSERT ON signature_scheme
WHEN EXISTS (SELECT 1 FROM signature_scheme WHERE scheme = NEW.scheme OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'signature_scheme: append-only'); END;
CREATE TRIGGER signature_scheme_is_not_updated BEFORE UPDATE ON signature_scheme
BEGIN SELECT RAISE(ABORT, 'signature_scheme: append-only'); END;
CREATE TRIGGER signature_scheme_is_not_deleted BEFORE DELETE ON signature_scheme
BEGIN SELECT RAISE(ABORT, 'signature_scheme: append-only'); END;

-- From here on everything is derived from the log: it can be thrown away and built anew at any time.

-- What an association says about its objects. Locations are set up from the same few templates, so most definitions belong to very many associations.
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
-- Each is stored once and stays: two rows that say the same would make the state of a rebuild another one.
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

-- The present life of each association. inferred is the bit set of domain/association.h; 0 if all of it was signed or at least sent.
CREATE TABLE association_state (
  subject_ref         INTEGER PRIMARY KEY REFERENCES subject,
  definition_ref      INTEGER NOT NULL REFERENCES definition,
  created_at          INTEGER,
  updated_at          INTEGER NOT NULL,
  deleted_at          INTEGER,
  last_sequence       INTEGER NOT NULL REFERENCES event,
  deleted_by          INTEGER REFERENCES event,
  deleted_at_is_dated INTEGER NOT NULL,
  former_lives        INTEGER NOT NULL,
  inferred            INTEGER NOT NULL,
  CHECK ((deleted_at IS NULL) = (deleted_by IS NULL))
) STRICT;

-- The present life of each relation. vouched_at is the effective time of its last dated Create.
CREATE TABLE relation_state (
  subject_ref         INTEGER PRIMARY KEY REFERENCES subject,
  location_ref        INTEGER NOT NULL REFERENCES location,
  association_id      TEXT,
  first_object_key    TEXT,
  first_record_id     TEXT,
  second_object_key   TEXT,
  second_record_id    TEXT,
  created_at          INTEGER,
  vouched_at          INTEGER,
  updated_at          INTEGER NOT NULL,
  deleted_at          INTEGER,
  last_sequence       INTEGER NOT NULL REFERENCES event,
  deleted_by          INTEGER REFERENCES event,
  deleted_at_is_dated INTEGER NOT NULL,
  former_lives        INTEGER NOT NULL,
  CHECK ((deleted_at IS NULL) = (deleted_by IS NULL))
) STRICT;
-- Each ends with the subject, in the order of which lists are paged.
CREATE INDEX relation_by_location ON relation_state (location_ref);
CREATE INDEX relation_by_association ON relation_state (location_ref, association_id);
CREATE INDEX relation_by_first_record ON relation_state (location_ref, first_record_id);
CREATE INDEX relation_by_second_record ON relation_state (location_ref, second_record_id);

-- One row for each life of an association that ended, the last one too, in the order in which lists show them.
CREATE TABLE deletion (
  location_ref   INTEGER NOT NULL REFERENCES location,
  deleted_at     INTEGER NOT NULL,
  deleted_by     INTEGER NOT NULL REFERENCES event,
  subject_ref    INTEGER NOT NULL REFERENCES subject,
  created_at     INTEGER,
  definition_ref INTEGER NOT NULL REFERENCES definition,
  PRIMARY KEY (location_ref, deleted_at, deleted_by)
) STRICT, WITHOUT ROWID;

-- Installs, and counts for each location, so that a list of ten thousand locations reads ten thousand rows and not a million.
CREATE TABLE location_state (
  location_ref         INTEGER PRIMARY KEY REFERENCES location,
  active_associations  INTEGER NOT NULL CHECK (active_associations >= 0),
  deleted_associations INTEGER NOT NULL CHECK (deleted_associations >= 0),
  last_sequence        INTEGER NOT NULL REFERENCES event,
  active_relations     INTEGER NOT NULL DEFAULT 0 CHECK (active_relations >= 0),
  deleted_relations    INTEGER NOT NULL DEFAULT 0 CHECK (deleted_relations >= 0),
  installed_at         INTEGER,
  uninstalled_at       INTEGER
) STRICT;

-- Subjects whose state could not be derived when one of their events was recorded. They are answered from the log until they are repaired.
CREATE TABLE stale_subject (
  subject_ref INTEGER PRIMARY KEY REFERENCES subject
) STRICT;

-- The views of the auditors: a promise, documented in docs/audit.md. Columns may be added, never renamed, removed or redefined.
-- Times are text, RFC 3339 in UTC with milliseconds, so that the order of the text is the order of time.

CREATE VIEW events AS
SELECT e.sequence,
       k.name AS event,
       l.location_id,
       CASE WHEN b.kind = 1 THEN b.subject_id END AS association_id,
       CASE WHEN e.webhook_uuid IS NULL THEN e.webhook_id
            ELSE lower(substr(hex(e.webhook_uuid), 1, 8) || '-' || substr(hex(e.webhook_uuid), 9, 4) || '-' || substr(hex(e.webhook_uuid), 13, 4) || '-' ||
                       substr(hex(e.webhook_uuid), 17, 4) || '-' || substr(hex(e.webhook_uuid), 21)) END AS webhook_id,
       e.trace_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.occurred_at / 1000.0, 'unixepoch') AS occurred_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.effective_at / 1000.0, 'unixepoch') AS effective_at,
       s.name AS source,
       (e.flags & 1) <> 0 AS event_mismatch,
       (e.flags & 2) <> 0 AS late,
       (e.flags & 4) <> 0 AS after_delete,
       (e.flags & 8) <> 0 AS kind_from_path,
       (e.flags & 16) <> 0 AS kind_conflict,
       (e.flags & 32) <> 0 AS kind_respelled,
       (e.flags & 64) <> 0 AS field_unread,
       (e.flags & 128) <> 0 AS ahead,
       (e.flags & 256) <> 0 AS repeat,
       (e.flags & 512) <> 0 AS recreated,
       c.name AS signature_scheme,
       g.key_id,
       CASE WHEN e.signature IS NOT NULL THEN lower(hex(e.signature)) END AS signature,
       lower(hex(e.body_sha256)) AS body_sha256,
       CAST(e.body AS TEXT) AS body,
       n.name AS subject,
       b.subject_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(q.recorded_at, e.recorded_at) / 1000.0, 'unixepoch') AS received_at,
       e.quarantine_id
FROM event e
JOIN event_kind k ON k.kind = e.kind
JOIN subject b ON b.subject_ref = e.subject_ref
JOIN subject_kind n ON n.kind = b.kind
JOIN location l ON l.location_ref = b.location_ref
JOIN event_source s ON s.source = e.source
LEFT JOIN signing_key g ON g.key_ref = e.key_ref
LEFT JOIN signature_scheme c ON c.scheme = g.scheme
LEFT JOIN quarantine q ON q.quarantine_id = e.quarantine_id;

CREATE VIEW associations AS
SELECT l.location_id,
       b.subject_id AS association_id,
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
       t.deleted_by AS deleted_by_sequence,
       t.former_lives,
       t.inferred <> 0 AS inferred
FROM association_state t
JOIN subject b ON b.subject_ref = t.subject_ref
JOIN location l ON l.location_ref = b.location_ref
JOIN definition d ON d.definition_ref = t.definition_ref;

-- A relation whose association ended a life after the relation was created is gone, too, until a dated Create of its own that is later.
CREATE VIEW relations AS
SELECT l.location_id,
       b.subject_id AS relation_id,
       CASE WHEN t.deleted_at IS NOT NULL THEN 'deleted'
            WHEN t.created_at < t.association_ended_at AND NOT ifnull(t.vouched_at > t.association_ended_at, 0) THEN 'association_deleted'
            ELSE 'active' END AS status,
       t.association_id,
       t.first_object_key,
       t.first_record_id,
       t.second_object_key,
       t.second_record_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at / 1000.0, 'unixepoch') AS created_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
       t.last_sequence,
       t.deleted_by AS deleted_by_sequence,
       t.former_lives
FROM (SELECT *,
             (SELECT max(d.deleted_at) FROM subject a CROSS JOIN event e ON e.subject_ref = a.subject_ref AND e.kind IN (3, 9)
              CROSS JOIN deletion d ON d.location_ref = a.location_ref AND d.deleted_at = e.effective_at AND d.deleted_by = e.sequence
              WHERE a.location_ref = r.location_ref AND a.kind = 1 AND a.subject_id = r.association_id) AS association_ended_at
      FROM relation_state r) t
JOIN subject b ON b.subject_ref = t.subject_ref
JOIN location l ON l.location_ref = t.location_ref;

CREATE VIEW locations AS
SELECT l.location_id,
       t.active_associations,
       t.deleted_associations,
       t.last_sequence,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.recorded_at / 1000.0, 'unixepoch') AS last_recorded_at,
       t.active_relations,
       t.deleted_relations,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.installed_at / 1000.0, 'unixepoch') AS installed_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.uninstalled_at / 1000.0, 'unixepoch') AS uninstalled_at
FROM location_state t
JOIN location l ON l.location_ref = t.location_ref
JOIN event e ON e.sequence = t.last_sequence;

-- One row for each life that ended, with the event that says so.
CREATE VIEW deletion_history AS
SELECT l.location_id,
       b.subject_id AS association_id,
       d.key,
       d.association_type,
       d.first_object_key,
       d.first_object_label,
       d.second_object_key,
       d.second_object_label,
       strftime('%Y-%m-%dT%H:%M:%fZ', x.created_at / 1000.0, 'unixepoch') AS created_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', x.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
       e.occurred_at IS NOT NULL AND (e.flags & 128) = 0 AS deleted_at_is_from_sender,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       e.sequence,
       CASE WHEN e.webhook_uuid IS NULL THEN e.webhook_id
            ELSE lower(substr(hex(e.webhook_uuid), 1, 8) || '-' || substr(hex(e.webhook_uuid), 9, 4) || '-' || substr(hex(e.webhook_uuid), 13, 4) || '-' ||
                       substr(hex(e.webhook_uuid), 17, 4) || '-' || substr(hex(e.webhook_uuid), 21)) END AS webhook_id,
       e.trace_id,
       c.name AS signature_scheme,
       g.key_id,
       t.deleted_by IS x.deleted_by AS is_last_life,
       e.kind = 9 AS inferred
FROM deletion x
JOIN event e ON e.sequence = x.deleted_by
JOIN subject b ON b.subject_ref = x.subject_ref
JOIN location l ON l.location_ref = x.location_ref
JOIN definition d ON d.definition_ref = x.definition_ref
JOIN association_state t ON t.subject_ref = x.subject_ref
LEFT JOIN signing_key g ON g.key_ref = e.key_ref
LEFT JOIN signature_scheme c ON c.scheme = g.scheme;

-- One row for each association that is deleted now, with the event that says so.
CREATE VIEW deletions AS
SELECT location_id, association_id, key, association_type, first_object_key, first_object_label, second_object_key, second_object_label, created_at,
       deleted_at, deleted_at_is_from_sender, recorded_at, sequence, webhook_id, trace_id, signature_scheme, key_id, inferred
FROM deletion_history
WHERE is_last_life;

-- The labels of an association before and after each of its events, in the order of the fold (domain/fold.h). An event that carries no label leaves it
-- as it was. All windows have one partition, so that a question about one association reads its events alone.
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
         CASE WHEN json_valid(body) AND json_type(body, '$.firstObjectLabel') = 'text'
              THEN printf('%010d', place) || json_extract(body, '$.firstObjectLabel') END AS first_carried,
         CASE WHEN json_valid(body) AND json_type(body, '$.secondObjectLabel') = 'text'
              THEN printf('%010d', place) || json_extract(body, '$.secondObjectLabel') END AS second_carried
  FROM (
    SELECT location_id,
           association_id,
           sequence,
           event,
           effective_at,
           body,
           row_number() OVER (
             PARTITION BY location_id, association_id
             ORDER BY effective_at, occurred_at IS NULL OR ahead, CASE WHEN occurred_at IS NOT NULL AND NOT ahead THEN CAST(body AS BLOB) END, sequence
           ) AS place
    FROM events
    WHERE subject = 'association' AND NOT kind_conflict
  )
)
WINDOW so_far AS (PARTITION BY location_id, association_id ORDER BY place),
       until_then AS (PARTITION BY location_id, association_id ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

-- Deliveries that share a webhook id but not a body: evidence of a sender that contradicts itself.
CREATE VIEW conflicting_deliveries AS
SELECT webhook_id,
       count(DISTINCT body_sha256) AS deliveries,
       min(sequence) AS first_sequence,
       max(sequence) AS last_sequence
FROM (
  SELECT e.sequence,
         e.body_sha256,
         CASE WHEN e.webhook_uuid IS NULL THEN e.webhook_id
            ELSE lower(substr(hex(e.webhook_uuid), 1, 8) || '-' || substr(hex(e.webhook_uuid), 9, 4) || '-' || substr(hex(e.webhook_uuid), 13, 4) || '-' ||
                       substr(hex(e.webhook_uuid), 17, 4) || '-' || substr(hex(e.webhook_uuid), 21)) END AS webhook_id
  FROM event e
  WHERE e.webhook_id IS NOT NULL OR e.webhook_uuid IS NOT NULL
)
GROUP BY webhook_id
HAVING count(DISTINCT body_sha256) > 1;

-- Events of a location that contradict each other: the same webhook id with another body or kind, or the same bytes without one as another kind.
-- The window has the location in its partition, so that a question about one location reads its events alone.
CREATE VIEW conflicts AS
SELECT CASE WHEN e.webhook_id IS NULL THEN 'body' ELSE 'webhook_id' END AS shared,
       coalesce(e.webhook_id, e.body_sha256) AS value,
       e.sequence,
       e.event,
       c.location_id,
       e.subject,
       e.subject_id,
       e.recorded_at,
       e.body_sha256
FROM (
  SELECT l.location_id,
         e.sequence,
         min(e.body_sha256) OVER same <> max(e.body_sha256) OVER same OR min(e.kind) OVER same <> max(e.kind) OVER same AS is_conflict
  FROM event e
  JOIN subject b ON b.subject_ref = e.subject_ref
  JOIN location l ON l.location_ref = b.location_ref
  WINDOW same AS (PARTITION BY l.location_id, e.webhook_id, e.webhook_uuid,
                               CASE WHEN e.webhook_id IS NULL AND e.webhook_uuid IS NULL THEN e.body_sha256 END)
) c
JOIN events e ON e.sequence = c.sequence
WHERE c.is_conflict;

-- Associations that came again under another id: deleted, and in the same location one with the same key, or with the same two objects and labels, was
-- created at or after the deletion.
CREATE VIEW recreated_associations AS
SELECT l.location_id,
       a.subject_id AS deleted_association_id,
       b.subject_id AS recreated_association_id,
       gone_as.key AS deleted_key,
       came_as.key AS recreated_key,
       came_as.first_object_label,
       came_as.second_object_label,
       strftime('%Y-%m-%dT%H:%M:%fZ', gone.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', came.created_at / 1000.0, 'unixepoch') AS recreated_at
FROM association_state gone
JOIN definition gone_as ON gone_as.definition_ref = gone.definition_ref
JOIN subject a ON a.subject_ref = gone.subject_ref
JOIN location l ON l.location_ref = a.location_ref
JOIN subject b ON b.location_ref = a.location_ref AND b.kind = 1 AND b.subject_ref <> a.subject_ref
JOIN association_state came ON came.subject_ref = b.subject_ref
JOIN definition came_as ON came_as.definition_ref = came.definition_ref
WHERE gone.deleted_at IS NOT NULL
  AND came.created_at >= gone.deleted_at
  AND (came_as.key = gone_as.key
       OR (came_as.first_object_key = gone_as.first_object_key AND came_as.second_object_key = gone_as.second_object_key
           AND came_as.first_object_label = gone_as.first_object_label AND came_as.second_object_label = gone_as.second_object_label));

CREATE VIEW quarantined_deliveries AS
SELECT q.quarantine_id,
       k.name AS path_event,
       q.reason,
       strftime('%Y-%m-%dT%H:%M:%fZ', q.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       s.name AS source,
       c.name AS signature_scheme,
       g.key_id,
       CASE WHEN q.signature IS NOT NULL THEN lower(hex(q.signature)) END AS signature,
       lower(hex(q.body_sha256)) AS body_sha256,
       q.body,
       coalesce(f.decision, x.decision) AS decision,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(f.decided_at, x.decided_at) / 1000.0, 'unixepoch') AS decided_at,
       f.sequence
FROM quarantine q
JOIN event_source s ON s.source = q.source
LEFT JOIN event_kind k ON k.kind = q.path_kind
LEFT JOIN quarantine_decision f ON f.quarantine_id = q.quarantine_id AND f.decision <> 'dismissed'
LEFT JOIN quarantine_decision x ON x.quarantine_id = q.quarantine_id AND x.decision = 'dismissed'
LEFT JOIN signing_key g ON g.key_ref = q.key_ref
LEFT JOIN signature_scheme c ON c.scheme = g.scheme;
