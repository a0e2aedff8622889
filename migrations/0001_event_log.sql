-- The log: every event as received, the dictionaries that keep it small, the quarantine, and the guards that make all of it append-only.
-- Moments are milliseconds since 1970-01-01T00:00:00Z. Tables are free to change in a later migration; the views of 0003 are the promise.

-- Kinds, sources and schemes are the numbers of domain/event.h; later migrations add rows.
CREATE TABLE event_kind (
  kind INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO event_kind VALUES (1, 'AssociationCreate'), (2, 'AssociationUpdate'), (3, 'AssociationDelete');

CREATE TABLE event_source (
  source INTEGER PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO event_source VALUES (1, 'webhook');

CREATE TABLE signature_scheme (
  scheme INTEGER PRIMARY KEY,
  name   TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO signature_scheme VALUES (1, 'ed25519'), (2, 'rsa-pkcs1-sha256');

-- Small integers stand for long ids: an index entry of an event is a few bytes, and pages, not syncs, are what a commit costs.
CREATE TABLE location (
  location_ref INTEGER PRIMARY KEY,
  location_id  TEXT NOT NULL UNIQUE CHECK (length(CAST(location_id AS BLOB)) BETWEEN 1 AND 256)
) STRICT;

CREATE TABLE association (
  association_ref INTEGER PRIMARY KEY,
  location_ref    INTEGER NOT NULL REFERENCES location,
  association_id  TEXT NOT NULL CHECK (length(CAST(association_id AS BLOB)) BETWEEN 1 AND 256),
  UNIQUE (location_ref, association_id)
) STRICT;

CREATE TABLE signing_key (
  key_ref INTEGER PRIMARY KEY,
  key_id  TEXT NOT NULL UNIQUE CHECK (length(key_id) = 64),
  scheme  INTEGER NOT NULL REFERENCES signature_scheme
) STRICT;

CREATE TABLE event (
  sequence        INTEGER PRIMARY KEY CHECK (sequence > 0),
  kind            INTEGER NOT NULL REFERENCES event_kind,
  association_ref INTEGER NOT NULL REFERENCES association,
  webhook_id      TEXT,
  trace_id        TEXT,
  occurred_at     INTEGER,
  recorded_at     INTEGER NOT NULL,
  source          INTEGER NOT NULL REFERENCES event_source,
  flags           INTEGER NOT NULL CHECK (flags >= 0),
  key_ref         INTEGER REFERENCES signing_key,
  signature       BLOB,
  body_sha256     BLOB NOT NULL CHECK (length(body_sha256) = 32),
  body            BLOB NOT NULL,
  CHECK ((key_ref IS NULL) = (signature IS NULL))
) STRICT;

-- Two indexes, because each random entry costs a page in the write-ahead log:
-- the events of one association in sequence order (history, late arrivals, the past), and
CREATE INDEX event_by_association ON event (association_ref);
-- the recognition of a repeated delivery. A retry carries the same signed timestamp, so with the time in front new entries stand at the right
-- edge of the index, where a webhook id alone (a random UUID) would stand anywhere.
CREATE INDEX event_by_delivery ON event (occurred_at, webhook_id);

-- Authentic, but undecodable. reason is what the sender was answered.
CREATE TABLE quarantine (
  quarantine_id INTEGER PRIMARY KEY CHECK (quarantine_id > 0),
  path_kind     INTEGER REFERENCES event_kind,
  recorded_at   INTEGER NOT NULL,
  source        INTEGER NOT NULL REFERENCES event_source,
  key_ref       INTEGER REFERENCES signing_key,
  signature     BLOB,
  body_sha256   BLOB NOT NULL CHECK (length(body_sha256) = 32),
  body          BLOB NOT NULL,
  reason        TEXT NOT NULL,
  CHECK ((key_ref IS NULL) = (signature IS NULL))
) STRICT;
CREATE INDEX quarantine_by_body ON quarantine (body_sha256);

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

-- What events point to is as permanent as they are.
CREATE TRIGGER location_is_not_replaced BEFORE INSERT ON location
WHEN EXISTS (SELECT 1 FROM location WHERE location_ref = NEW.location_ref OR location_id = NEW.location_id)
BEGIN SELECT RAISE(ABORT, 'location: append-only'); END;
CREATE TRIGGER location_is_not_updated BEFORE UPDATE ON location
BEGIN SELECT RAISE(ABORT, 'location: append-only'); END;
CREATE TRIGGER location_is_not_deleted BEFORE DELETE ON location
BEGIN SELECT RAISE(ABORT, 'location: append-only'); END;

CREATE TRIGGER association_is_not_replaced BEFORE INSERT ON association
WHEN EXISTS (SELECT 1 FROM association WHERE association_ref = NEW.association_ref)
  OR EXISTS (SELECT 1 FROM association WHERE location_ref = NEW.location_ref AND association_id = NEW.association_id)
BEGIN SELECT RAISE(ABORT, 'association: append-only'); END;
CREATE TRIGGER association_is_not_updated BEFORE UPDATE ON association
BEGIN SELECT RAISE(ABORT, 'association: append-only'); END;
CREATE TRIGGER association_is_not_deleted BEFORE DELETE ON association
BEGIN SELECT RAISE(ABORT, 'association: append-only'); END;

CREATE TRIGGER signing_key_is_not_replaced BEFORE INSERT ON signing_key
WHEN EXISTS (SELECT 1 FROM signing_key WHERE key_ref = NEW.key_ref OR key_id = NEW.key_id)
BEGIN SELECT RAISE(ABORT, 'signing_key: append-only'); END;
CREATE TRIGGER signing_key_is_not_updated BEFORE UPDATE ON signing_key
BEGIN SELECT RAISE(ABORT, 'signing_key: append-only'); END;
CREATE TRIGGER signing_key_is_not_deleted BEFORE DELETE ON signing_key
BEGIN SELECT RAISE(ABORT, 'signing_key: append-only'); END;
