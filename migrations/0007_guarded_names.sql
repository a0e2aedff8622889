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

CREATE TRIGGER signature_scheme_is_not_replaced BEFORE INSERT ON signature_scheme
WHEN EXISTS (SELECT 1 FROM signature_scheme WHERE scheme = NEW.scheme OR name = NEW.name)
BEGIN SELECT RAISE(ABORT, 'signature_scheme: append-only'); END;
CREATE TRIGGER signature_scheme_is_not_updated BEFORE UPDATE ON signature_scheme
BEGIN SELECT RAISE(ABORT, 'signature_scheme: append-only'); END;
CREATE TRIGGER signature_scheme_is_not_deleted BEFORE DELETE ON signature_scheme
BEGIN SELECT RAISE(ABORT, 'signature_scheme: append-only'); END;
