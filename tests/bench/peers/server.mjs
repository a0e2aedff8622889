// Runs the service in one of its modes until SIGTERM.
import { parseArgs } from 'node:util';

import { serve } from './http.mjs';
import { openStore } from './store.mjs';

const GROUPING = { fastify: 'each', 'fastify-grouped': 'grouped' }; // By mode: how deliveries share commits.
const GRACE_MS = 2000;

function wrongUsage(why) {
  process.stderr.write(`peers: ${why}\nusage: node server.mjs --mode ${Object.keys(GROUPING).join('|')} --port PORT --database FILE\n`);
  process.exit(2);
}

function readOptions() {
  let options;
  try {
    const text = { type: 'string' };
    options = parseArgs({ options: { mode: text, port: text, database: text } }).values;
  } catch (error) {
    wrongUsage(error.message);
  }
  if (!Object.hasOwn(GROUPING, options.mode ?? '')) wrongUsage('--mode is missing or unknown');
  if (!/^[0-9]+$/.test(options.port ?? '')) wrongUsage('--port is missing or not a number');
  if (options.database === undefined) wrongUsage('--database is missing');
  return options;
}

const options = readOptions();
const store = openStore(options.database, GROUPING[options.mode]);
const { server, close } = await serve(store, Number(options.port));

process.once('SIGTERM', async () => {
  // Node.js does not count a connection without any request as idle, and would wait a minute for it.
  setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
  await close();
  store.close();
});

process.stdout.write('ready\n');
