// Reads the body of a delivery. Knows nothing of HTTP or SQL.

const KINDS = new Set(['AssociationCreate', 'AssociationUpdate', 'AssociationDelete']);

/** The body is refused with 400. */
export class BadDelivery extends Error {
  statusCode = 400;
}

function required(body, name) {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new BadDelivery(`${name} must be a string`);
  return value;
}

function optional(body, name) {
  const value = body[name] ?? null;
  if (value !== null && typeof value !== 'string') throw new BadDelivery(`${name} must be a string`);
  return value;
}

// The result always has the 24 characters of RFC 3339 in UTC with milliseconds, so times sort as text.
function moment(text) {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new BadDelivery('timestamp must be a time');
  return time.toISOString();
}

/** `text` is the body as received, which is stored. `body` is the same, parsed. */
export function decode(body, text) {
  if (typeof body !== 'object' || body === null) throw new BadDelivery('the body must be an object');
  const kind = required(body, 'type');
  if (!KINDS.has(kind)) throw new BadDelivery(`${kind} is not recorded`);
  const timestamp = optional(body, 'timestamp');
  const recordedAt = new Date().toISOString();
  const occurredAt = timestamp === null ? null : moment(timestamp);
  const effectiveAt = occurredAt ?? recordedAt;
  return {
    kind,
    webhookId: optional(body, 'webhookId'),
    locationId: required(body, 'locationId'),
    associationId: required(body, 'id'),
    occurredAt,
    recordedAt,
    effectiveAt,
    createdAt: kind === 'AssociationCreate' ? effectiveAt : null,
    deletedAt: kind === 'AssociationDelete' ? effectiveAt : null,
    definition: [
      optional(body, 'key'),
      optional(body, 'associationType'),
      optional(body, 'firstObjectKey'),
      optional(body, 'firstObjectLabel'),
      optional(body, 'firstObjectToSecondObjectCardinality'),
      optional(body, 'secondObjectKey'),
      optional(body, 'secondObjectLabel'),
      optional(body, 'secondObjectToFirstObjectCardinality'),
    ],
    body: text,
  };
}
