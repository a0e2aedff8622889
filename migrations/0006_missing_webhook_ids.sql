-- A delivery without a webhook id has none in the views either, and not "----", the hyphens of a UUID that is not there.

DROP VIEW deletions;
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
       CASE WHEN e.webhook_uuid IS NULL THEN e.webhook_id
            ELSE lower(substr(hex(e.webhook_uuid), 1, 8) || '-' || substr(hex(e.webhook_uuid), 9, 4) || '-' || substr(hex(e.webhook_uuid), 13, 4) || '-' ||
                       substr(hex(e.webhook_uuid), 17, 4) || '-' || substr(hex(e.webhook_uuid), 21)) END AS webhook_id,
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

DROP VIEW events;
CREATE VIEW events AS
SELECT e.sequence,
       k.name AS event,
       l.location_id,
       a.association_id,
       CASE WHEN e.webhook_uuid IS NULL THEN e.webhook_id
            ELSE lower(substr(hex(e.webhook_uuid), 1, 8) || '-' || substr(hex(e.webhook_uuid), 9, 4) || '-' || substr(hex(e.webhook_uuid), 13, 4) || '-' ||
                       substr(hex(e.webhook_uuid), 17, 4) || '-' || substr(hex(e.webhook_uuid), 21)) END AS webhook_id,
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
