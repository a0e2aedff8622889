-- What a location lost is found without reading the state of everything that it ever had.

-- As in `association`; here for the index alone.
ALTER TABLE association_state ADD COLUMN location_ref INTEGER REFERENCES location;
UPDATE association_state
SET location_ref = (SELECT a.location_ref FROM association a WHERE a.association_ref = association_state.association_ref);

-- Only what is deleted stands in it, so that a Create adds nothing to it.
CREATE INDEX association_state_deleted ON association_state (location_ref) WHERE deleted_at IS NOT NULL;
