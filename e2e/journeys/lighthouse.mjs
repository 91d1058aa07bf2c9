// Lighthouse on the five pages a citizen comes by: home, procedure, application form, look-up, the dossier. As a slow telephone gets them.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import lighthouse from 'lighthouse';
import { CHROMIUM, FLAGS, login } from '../lib.mjs';
import { PASSWORD } from '../people.mjs';

const KINDS = ['accessibility', 'best-practices', 'performance'];
const SCORE_MIN = 0.98;
/** Another program on the machine can make a page look slow, never fast: the best of so many runs counts. */
const RUNS_MAX = 3;

export default async (trip) => {
  const citizen = await trip.visitor({ viewport: { width: 390, height: 844 } });
  const pages = new Map([['home', '/'], ['procedure', '/thu-tuc/dang-ky-khai-sinh%40ward']]);

  await trip.step('a citizen comes by the five pages', async () => {
    await login(citizen, 'congdan', PASSWORD);
    await citizen.goto(pages.get('procedure'));
    await citizen.locator('a.btn.go').first().click();
    await citizen.getByRole('radio', { name: /Phường Hàng Kênh/i }).check();
    await citizen.locator('button[value=tiep]:visible').click();
    await citizen.locator('#con_ho_ten').waitFor();
    pages.set('application form', new URL(citizen.url()).pathname);
    pages.set('look-up', '/tra-cuu');
    await citizen.goto('/ho-so-cua-toi?muc=dang-lam');
    pages.set('dossier', await citizen.locator('.dossiers h2 a').first().getAttribute('href'));
  });

  const cookies = (await citizen.context().cookies()).map((it) => `${it.name}=${it.value}`).join('; ');
  const browser = await openBrowser();
  try {
    for (const [name, path] of pages) {
      await trip.step(`the ${name} page has ${SCORE_MIN} or more of everything, and nothing on it moves`, async () => {
        const faults = await measured(new URL(path, trip.url).href, browser.port, { Cookie: cookies });
        if (faults.length > 0) throw new Error(`${path}:\n    ${faults.join('\n    ')}`);
      });
    }
  } finally {
    await browser.close();
  }
};

/** What the best of some runs still lacks. */
async function measured(address, port, extraHeaders) {
  let faults = [];
  for (let run = 0; run < RUNS_MAX; run += 1) {
    const flags = { port, extraHeaders, onlyCategories: KINDS, disableFullPageScreenshot: true, logLevel: 'error' };
    const { lhr } = await lighthouse(address, flags);
    faults = lhr.runtimeError ? [lhr.runtimeError.message] : lacking(lhr);
    const scores = KINDS.map((kind) => `${kind} ${lhr.categories[kind].score}`).join(', ');
    console.error(`        ${scores}; ${lhr.audits['total-byte-weight'].displayValue ?? ''}`);
    if (faults.length === 0) break;
  }
  return faults;
}

function lacking(report) {
  const faults = KINDS.filter((kind) => !(report.categories[kind].score >= SCORE_MIN)).map((kind) => {
    const { score, auditRefs } = report.categories[kind];
    const low = auditRefs.map((it) => report.audits[it.id]).filter((it) => it.score !== null && it.score < 1);
    return `${kind} ${score}: ${low.map((it) => `${it.id} (${it.displayValue ?? it.score})`).join(', ')}`;
  });
  const shift = report.audits['cumulative-layout-shift'].numericValue;
  if (shift > 0) faults.push(`layout shift ${shift}`);
  const asked = new URL(report.requestedUrl).pathname;
  const shown = new URL(report.finalDisplayedUrl).pathname;
  if (asked !== shown) faults.push(`it led to ${shown}`);
  return faults;
}

/** A Chromium of its own that Lighthouse talks to by a port. */
async function openBrowser() {
  const profile = await mkdtemp(join(tmpdir(), 'motcua-lighthouse-'));
  const words = [...FLAGS, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
  const child = spawn(CHROMIUM, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((done) => child.on('close', done));
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(profile, { recursive: true, force: true });
  };
  for await (const line of createInterface({ input: child.stderr })) {
    const found = line.match(/DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/);
    if (found) {
      child.stderr.resume();
      return { port: Number(found[1]), close };
    }
  }
  await close();
  throw new Error('Chromium ended before it opened its port');
}
