// The front door: one of the peers, by its mode, until SIGTERM.
import { parseArgs } from 'node:util';

import { serveExpress } from './http-express.mjs';
import { serveFastify } from './http-fastify.mjs';
import { openSqliteStore } from './store-sqlite.mjs';

// A store whose driver is only in one mode is loaded only there, so that no mode pays for the memory of another's.
const MODES = {
  fastify: { open: ({ database }) => openSqliteStore(database, 'each'), serve: serveFastify },
  'fastify-grouped': { open: ({ database }) => openSqliteStore(database, 'grouped'), serve: serveFastify },
  express: { open: ({ database }) => openSqliteStore(database, 'each'), serve: serveExpress },
  emmett: { open: async ({ database }) => (await import('./store-emmett.mjs')).openEmmettStore(database), serve: serveFastify },
  postgres: {
    open: async ({ 'postgres-url': url }) => (await import('./store-postgres.mjs')).openPostgresStore(url),
    serve: serveFastify,
    keptAt: 'postgres-url',
  },
};

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
const mode = MODES[options.mode];
const store = await mode.open(options);
const stop = await mode.serve(store, Number(options.port));

process.once('SIGTERM', async () => {
  await stop();
  await store.close();
});

process.stdout.write('ready\n');
