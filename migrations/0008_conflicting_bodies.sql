-- One body can be recorded twice under its webhook id, for two kinds of event, or unsigned and signed: only another body is a contradiction.

DROP VIEW conflicting_deliveries;
CREATE VIEW conflicting_deliveries AS
SELECT webhook_id,
       count(DISTINCT body_sha256) AS deliveries,
       min(sequence) AS first_sequence,
       max(sequence) AS last_sequence
FROM (
  SELECT e.sequence,
         e.body_sha256,
         coalesce(e.webhook_id,
                  lower(substr(hex(e.webhook_uuid), 1, 8) || '-' || substr(hex(e.webhook_uuid), 9, 4) || '-' || substr(hex(e.webhook_uuid), 13, 4) || '-' ||
                        substr(hex(e.webhook_uuid), 17, 4) || '-' || substr(hex(e.webhook_uuid), 21))) AS webhook_id
  FROM event e
  WHERE e.webhook_id IS NOT NULL OR e.webhook_uuid IS NOT NULL
)
GROUP BY webhook_id
HAVING count(DISTINCT body_sha256) > 1;
