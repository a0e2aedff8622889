-- The views of the auditors: a promise, documented in docs/audit.md. Columns may be added, never renamed, removed or redefined.
-- Moments are text, RFC 3339 in UTC with milliseconds, so that text order is time order.

CREATE VIEW events AS
SELECT e.sequence,
       k.name AS event,
       l.location_id,
       a.association_id,
       e.webhook_id,
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

CREATE VIEW associations AS
SELECT l.location_id,
       a.association_id,
       CASE WHEN t.deleted_at IS NULL THEN 'active' ELSE 'deleted' END AS status,
       t.key,
       t.association_type,
       t.first_object_key,
       t.first_object_label,
       t.first_to_second_cardinality,
       t.second_object_key,
       t.second_object_label,
       t.second_to_first_cardinality,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at / 1000.0, 'unixepoch') AS created_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
       t.last_sequence,
       t.deleted_by AS deleted_by_sequence
FROM association_state t
JOIN association a ON a.association_ref = t.association_ref
JOIN location l ON l.location_ref = a.location_ref;

CREATE VIEW locations AS
SELECT l.location_id,
       t.active_associations,
       t.deleted_associations,
       t.last_sequence,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.recorded_at / 1000.0, 'unixepoch') AS last_recorded_at
FROM location_state t
JOIN location l ON l.location_ref = t.location_ref
JOIN event e ON e.sequence = t.last_sequence;

-- One row for each association that is gone, with the delivery that says so.
CREATE VIEW deletions AS
SELECT l.location_id,
       a.association_id,
       t.key,
       t.association_type,
       t.first_object_key,
       t.first_object_label,
       t.second_object_key,
       t.second_object_label,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at / 1000.0, 'unixepoch') AS created_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', t.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
       e.occurred_at IS NOT NULL AS deleted_at_is_from_sender,
       strftime('%Y-%m-%dT%H:%M:%fZ', e.recorded_at / 1000.0, 'unixepoch') AS recorded_at,
       e.sequence,
       e.webhook_id,
       e.trace_id,
       c.name AS signature_scheme,
       g.key_id
FROM association_state t
JOIN event e ON e.sequence = t.deleted_by
JOIN association a ON a.association_ref = t.association_ref
JOIN location l ON l.location_ref = a.location_ref
LEFT JOIN signing_key g ON g.key_ref = e.key_ref
LEFT JOIN signature_scheme c ON c.scheme = g.scheme;

-- What the labels of an association were known to be before and after each of its events, in the order of the fold (domain/fold.h), which is that in
-- which things happened. An event that does not carry a label leaves it as it was: the known one is that of the greatest place that carried one.
-- All windows have one partition, so that a question about one association reads its events alone.
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

-- Deliveries that share a webhook id but not a body: evidence of a sender that contradicts itself. The same body under the same id is a duplicate and
-- never recorded again, so an id that stands twice is enough, and the narrow index over deliveries answers without touching a body.
CREATE VIEW conflicting_deliveries AS
SELECT webhook_id,
       count(*) AS deliveries,
       min(sequence) AS first_sequence,
       max(sequence) AS last_sequence
FROM event
WHERE webhook_id IS NOT NULL
GROUP BY webhook_id
HAVING count(*) > 1;

-- Associations that came again under another id: gone, and in the same location one with the same key, or with the same two objects and
-- labels, was created at or after the deletion.
CREATE VIEW recreated_associations AS
SELECT l.location_id,
       a.association_id AS deleted_association_id,
       b.association_id AS recreated_association_id,
       gone.key AS deleted_key,
       came.key AS recreated_key,
       came.first_object_label,
       came.second_object_label,
       strftime('%Y-%m-%dT%H:%M:%fZ', gone.deleted_at / 1000.0, 'unixepoch') AS deleted_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', came.created_at / 1000.0, 'unixepoch') AS recreated_at
FROM association_state gone
JOIN association a ON a.association_ref = gone.association_ref
JOIN location l ON l.location_ref = a.location_ref
JOIN association b ON b.location_ref = a.location_ref AND b.association_ref <> a.association_ref
JOIN association_state came ON came.association_ref = b.association_ref
WHERE gone.deleted_at IS NOT NULL
  AND came.created_at >= gone.deleted_at
  AND (came.key = gone.key
       OR (came.first_object_key = gone.first_object_key AND came.second_object_key = gone.second_object_key
           AND came.first_object_label = gone.first_object_label AND came.second_object_label = gone.second_object_label));

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
       q.body
FROM quarantine q
JOIN event_source s ON s.source = q.source
LEFT JOIN event_kind k ON k.kind = q.path_kind
LEFT JOIN signing_key g ON g.key_ref = q.key_ref
LEFT JOIN signature_scheme c ON c.scheme = g.scheme;
