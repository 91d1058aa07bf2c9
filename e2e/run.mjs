// Runs every journey of e2e/journeys against a demo of its own. Arguments name journeys to run alone: `node run.mjs home`.
// Journeys share one server, in the order of their file names; each brings visitors of its own. One that says `fresh` has a
// server of its own, on the demo as it was before anybody did anything.
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { copyOf, demoData, launchBrowser, startServer, Trip } from './lib.mjs';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'journeys');

async function journeys(wanted) {
  const names = (await readdir(FOLDER)).filter((file) => file.endsWith('.mjs')).map((file) => basename(file, '.mjs')).sort();
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`there is no journey called ${missing.join(', ')}; there are: ${names.join(', ')}`);
  if (names.length === 0) throw new Error(`there is no journey in ${FOLDER}`);
  return wanted.length > 0 ? names.filter((name) => wanted.includes(name)) : names;
}

/** Walks one journey to its end or its first fault; answers the steps that held and whether it failed. */
async function walk(name, journey, browser, server) {
  const trip = new Trip(browser, server.url, name);
  try {
    await journey.default(trip);
    if (trip.passed === 0) throw new Error('the journey has no step');
    return { passed: trip.passed, failed: 0 };
  } catch (error) {
    console.error(`  FAIL  ${name}: ${error.step ?? 'outside a step'}\n${error.stack ?? error}`);
    console.error(`  the server's last words:\n${server.log()}`);
    return { passed: trip.passed, failed: 1 };
  } finally {
    await trip.close();
  }
}

/** A server on a copy of that data, and how to be rid of both. */
async function houseOf(data) {
  const copy = await copyOf(data);
  try {
    const server = await startServer(copy.data);
    return { ...server, close: () => server.stop().then(copy.remove) };
  } catch (error) {
    await copy.remove();
    throw error;
  }
}

const total = { passed: 0, failed: 0 };
const undo = [];
try {
  const all = new Map();
  for (const name of await journeys(process.argv.slice(2))) all.set(name, await import(pathToFileURL(join(FOLDER, `${name}.mjs`))));
  const demo = await demoData();
  undo.push(demo.remove);
  const untouched = await copyOf(demo.data);
  undo.push(untouched.remove);
  const server = await startServer(demo.data);
  undo.push(server.stop);
  const browser = await launchBrowser();
  undo.push(() => browser.close());
  for (const [name, journey] of all) {
    const own = journey.fresh ? await houseOf(untouched.data) : null;
    const one = await walk(name, journey, browser, own ?? server);
    await own?.close();
    total.passed += one.passed;
    total.failed += one.failed;
  }
} catch (error) {
  console.error(`  FAIL  journeys could not be run: ${error.stack ?? error}`);
  total.failed += 1;
} finally {
  for (const act of undo.reverse()) await act();
}
process.exitCode = total.failed === 0 ? 0 : 1;
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
