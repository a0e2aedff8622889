// The front door: one of the peers, by its mode, until SIGTERM.
import { parseArgs } from 'node:util';

// Everything is loaded only by the modes that use it, so that none pays for the memory of another.
const fastify = async (store, port) => (await import('./http-fastify.mjs')).serveFastify(store, port);
const express = async (store, port) => (await import('./http-express.mjs')).serveExpress(store, port);
const sqlite = async (file, grouping) => (await import('./store-sqlite.mjs')).openSqliteStore(file, grouping);
const emmett = async (file) => (await import('./store-emmett.mjs')).openEmmettStore(file);
const postgres = async (url) => (await import('./store-postgres.mjs')).openPostgresStore(url);

// `keptAt` names the option that says where, where that is not --database.
const MODES = {
  fastify: { open: ({ database }) => sqlite(database, 'each'), serve: fastify },
  'fastify-grouped': { open: ({ database }) => sqlite(database, 'grouped'), serve: fastify },
  express: { open: ({ database }) => sqlite(database, 'each'), serve: express },
  emmett: { open: ({ database }) => emmett(database), serve: fastify },
  postgres: { open: ({ 'postgres-url': url }) => postgres(url), serve: fastify, keptAt: 'postgres-url' },
};

const GRACE_MS = 2000;

const USAGE = `usage: node server.mjs --mode ${Object.keys(MODES).join('|')} --port PORT --database FILE [--postgres-url URL]`;

function wrongUsage(why) {
  process.stderr.write(`peers: ${why}\n${USAGE}\n`);
  process.exit(2);
}

function readOptions() {
  let options;
  try {
    const text = { type: 'string' };
    options = parseArgs({ options: { mode: text, port: text, database: text, 'postgres-url': text } }).values;
  } catch (error) {
    wrongUsage(error.message);
  }
  if (!Object.hasOwn(MODES, options.mode ?? '')) wrongUsage('--mode is missing or unknown');
  if (!/^[0-9]+$/.test(options.port ?? '')) wrongUsage('--port is missing or no number');
  const { keptAt = 'database' } = MODES[options.mode];
  if (options[keptAt] === undefined) wrongUsage(`--${keptAt} is missing`);
  return options;
}

const options = readOptions();
process.env.NODE_ENV ??= 'production'; // Express asks, and is slower without.
const mode = MODES[options.mode];
const store = await mode.open(options);
const { server, close } = await mode.serve(store, Number(options.port));

process.once('SIGTERM', async () => {
  // A connection on which nothing was ever asked does not count as idle, and would hold the end up for a minute.
  setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  await close();
  await store.close();
});

process.stdout.write('ready\n');
