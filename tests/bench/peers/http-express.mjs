// A store behind Express: both routes, with answers written by JSON.stringify, as Express does.
import { once } from 'node:events';

import express from 'express';

import { decode } from './delivery.mjs';

/** Listens on loopback, and gives the server and what closes it. */
export async function serveExpress(store, port) {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // Fastify makes none either.
  let closing = false;

  app.use((request, response, next) => {
    if (closing) response.set('Connection', 'close'); // A busy connection is never idle, and would keep the server open.
    next();
  });
  app.post(
    '/webhooks/highlevel',
    express.json({
      limit: '1mb',
      // The bytes must be kept as they came.
      verify: (request, response, bytes) => {
        request.text = bytes.toString('utf8');
      },
    }),
    async (request, response) => {
      response.json(await store.record(decode(request.body, request.text)));
    },
  );
  app.get('/v1/locations/:id/associations', async (request, response) => {
    response.json(await store.associations(request.params.id));
  });
  // Express tells errors from handlers by the number of their parameters.
  app.use((error, request, response, next) => {
    response.status(error.statusCode ?? 500).json({ message: error.message });
  });

  const server = app.listen(port, '127.0.0.1');
  await once(server, 'listening');
  async function close() {
    closing = true;
    const closed = once(server, 'close');
    server.close();
    await closed;
  }
  return { server, close };
}
