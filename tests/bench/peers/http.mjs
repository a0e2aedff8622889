// Serves both routes with Fastify. Fastify compiles the serializers of the responses from schemas.
import Fastify from 'fastify';

import { decode } from './delivery.mjs';

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const integer = { type: 'integer' };

function object(properties) {
  return { type: 'object', properties, required: Object.keys(properties) };
}

const result = object({ status: text, sequence: integer });

const association = object({
  id: text,
  locationId: text,
  key: textOrNull,
  associationType: textOrNull,
  firstObjectKey: textOrNull,
  firstObjectLabel: textOrNull,
  firstObjectToSecondObjectCardinality: textOrNull,
  secondObjectKey: textOrNull,
  secondObjectLabel: textOrNull,
  secondObjectToFirstObjectCardinality: textOrNull,
  status: text,
  createdAt: textOrNull,
  updatedAt: text,
  deletedAt: textOrNull,
  lastSequence: integer,
});

const associations = object({
  locationId: text,
  asOfSequence: integer,
  associations: { type: 'array', items: association },
  nextCursor: textOrNull,
});

/** Listens on loopback. Returns the server and a function that closes it. */
export async function serve(store, port) {
  const app = Fastify({ logger: false });

  // Fastify's own parser discards the text of the body, which must be recorded. This one does the same and keeps it.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    try {
      done(null, decode(JSON.parse(body), body));
    } catch (error) {
      error.statusCode = 400;
      done(error);
    }
  });
  app.post('/webhooks/highlevel', { schema: { response: { 200: result } } }, (request) => store.record(request.body));
  app.get('/v1/locations/:id/associations', { schema: { response: { 200: associations } } }, (request) => store.associations(request.params.id));

  await app.listen({ host: '127.0.0.1', port });
  return { server: app.server, close: () => app.close() };
}
