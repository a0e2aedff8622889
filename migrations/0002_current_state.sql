-- The projection: what the fold of the log comes to. Derived, so it may be thrown away and built anew at any time.

CREATE TABLE association_state (
  association_ref             INTEGER PRIMARY KEY REFERENCES association,
  key                         TEXT,
  association_type            TEXT,
  first_object_key            TEXT,
  first_object_label          TEXT,
  first_to_second_cardinality TEXT,
  second_object_key           TEXT,
  second_object_label         TEXT,
  second_to_first_cardinality TEXT,
  created_at                  INTEGER,
  updated_at                  INTEGER NOT NULL,
  deleted_at                  INTEGER,
  last_sequence               INTEGER NOT NULL REFERENCES event,
  deleted_by                  INTEGER REFERENCES event,
  CHECK ((deleted_at IS NULL) = (deleted_by IS NULL))
) STRICT;

-- Counts per location, so that listing ten thousand locations reads ten thousand rows and not a million.
CREATE TABLE location_state (
  location_ref         INTEGER PRIMARY KEY REFERENCES location,
  active_associations  INTEGER NOT NULL CHECK (active_associations >= 0),
  deleted_associations INTEGER NOT NULL CHECK (deleted_associations >= 0),
  last_sequence        INTEGER NOT NULL REFERENCES event
) STRICT;
