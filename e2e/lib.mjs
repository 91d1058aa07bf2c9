// What every journey needs: a server on data of its own, a browser, and checks that read like sentences.
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { laxPolicy, sidewards, watchShifts, withinMarks } from './marks.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const SHOTS = join(HERE, 'shots');
const SERVER_START_SECONDS_MAX = 60;
const SERVER_STOP_SECONDS_MAX = 10;
const ACT_SECONDS_MAX = 15;

/** Phone and counter: the two widths every page is looked at. */
export const WIDTHS = [390, 1366];

/** The first three let Chromium run as root in a small container; the others keep it from calling home. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium of the distribution, another one by MOTCUA_CHROMIUM. */
export const CHROMIUM = process.env.MOTCUA_CHROMIUM ?? '/usr/bin/chromium';

/** Starts it. */
export function launchBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** The program under test, by MOTCUA_BIN. */
export function binary() {
  const bin = process.env.MOTCUA_BIN;
  if (!bin) throw new Error('MOTCUA_BIN is not set: it names the motcua binary to try, for instance target/debug/motcua');
  return bin;
}

/** Runs `motcua demo --no-serve` into a folder; the words it says go to our stderr. */
function makeDemo(folder) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary(), ['demo', '--data', folder, '--no-serve', '--seed', '1'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`motcua demo ended with ${code ?? signal}`)),
    );
  });
}

/** A demo made for one journey, with words of its own for the program; also what it said, and how to throw it away. */
export async function makeOwnDemo(words) {
  const root = await mkdtemp(join(tmpdir(), 'motcua-e2e-'));
  const remove = () => rm(root, { recursive: true, force: true });
  const data = join(root, 'data');
  const said = await new Promise((resolve, reject) => {
    const parts = [];
    const child = spawn(binary(), ['demo', '--data', data, '--no-serve', '--seed', '1', ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (part) => parts.push(part));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0 ? resolve(Buffer.concat(parts).toString()) : reject(new Error(`motcua demo ended with ${code ?? signal}`)),
    );
  });
  return { data, said, remove };
}

async function isEmpty(folder) {
  try {
    return (await readdir(folder)).length === 0;
  } catch {
    return true;
  }
}

/**
 * A data folder with the demo in it, thrown away afterwards. MOTCUA_DEMO_DATA names a finished demo to copy, so that
 * a second run starts at once; an empty one is filled first.
 */
export async function demoData() {
  const root = await mkdtemp(join(tmpdir(), 'motcua-e2e-'));
  const remove = () => rm(root, { recursive: true, force: true });
  const data = join(root, 'data');
  const kept = process.env.MOTCUA_DEMO_DATA;
  try {
    if (!kept) await makeDemo(data);
    else if (await isEmpty(kept)) await makeDemo(kept);
    if (kept) await cp(kept, data, { recursive: true });
  } catch (error) {
    await remove();
    throw error;
  }
  return { data, remove };
}

/** The same data in a folder of its own, thrown away afterwards. */
export async function copyOf(data) {
  const root = await mkdtemp(join(tmpdir(), 'motcua-e2e-'));
  await cp(data, join(root, 'data'), { recursive: true });
  return { data: join(root, 'data'), remove: () => rm(root, { recursive: true, force: true }) };
}

/** Starts `motcua serve` on a free port and waits until it says where it listens. */
export function startServer(data) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary(), ['serve', '--data', data, '--port', '0'], { stdio: ['ignore', 'inherit', 'pipe'] });
    const last = [];
    const ended = new Promise((done) => child.on('exit', done));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`motcua serve did not say "listening on" within ${SERVER_START_SECONDS_MAX} s:\n${last.join('\n')}`));
    }, SERVER_START_SECONDS_MAX * 1000);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`motcua serve ended with ${code ?? signal} before it listened:\n${last.join('\n')}`));
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      last.push(line);
      if (last.length > 40) last.shift();
      const found = line.match(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
      if (found) {
        clearTimeout(timer);
        resolve({ url: found[1], log: () => last.join('\n'), stop: () => stop(child, ended) });
      }
    });
  });
}

async function stop(child, ended) {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), SERVER_STOP_SECONDS_MAX * 1000);
  await ended;
  clearTimeout(timer);
}

/** What a journey is handed: pages of a server, named steps, and the checks below. */
export class Trip {
  #browser;
  #contexts = [];
  #complaints = [];
  passed = 0;

  constructor(browser, url, name) {
    this.#browser = browser;
    this.url = url;
    this.name = name;
  }

  /** A fresh visitor: no cookies of anybody else. `options` are Playwright's, for instance { javaScriptEnabled: false }. */
  async visitor(options = {}) {
    const context = await this.#browser.newContext({
      baseURL: this.url,
      locale: 'vi-VN',
      timezoneId: 'Asia/Ho_Chi_Minh',
      reducedMotion: 'reduce',
      viewport: { width: 1366, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(ACT_SECONDS_MAX * 1000);
    await context.addInitScript(watchShifts);
    this.#contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.#complaints.push(`script error on ${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      const text = message.text();
      if (/content security policy/i.test(text)) this.#complaints.push(`${page.url()}: ${text}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 500) this.#complaints.push(`${response.status()} from ${response.url()}`);
      if (!response.request().isNavigationRequest()) return;
      const lax = laxPolicy(response.headers()['content-security-policy']);
      if (lax) this.#complaints.push(`${response.url()}: ${lax}`);
    });
    return page;
  }

  /** One sentence a mayor would understand, and the clicks that prove it. */
  async step(sentence, body) {
    try {
      await body();
      if (this.#complaints.length > 0) throw new Error(this.#complaints.splice(0).join('\n'));
    } catch (error) {
      error.step = sentence;
      throw error;
    }
    this.passed += 1;
    console.error(`  ok    ${this.name}: ${sentence}`);
  }

  async close() {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }
}

/** Signs a person in and waits until the sign-in page is behind them. */
export async function login(page, account, password) {
  await page.goto('/dang-nhap');
  const secret = page.locator('input[autocomplete="current-password"]');
  await page.locator('input[autocomplete="username"]').fill(account);
  await secret.fill(password);
  await secret.press('Enter');
  await page.waitForURL((url) => url.pathname !== '/dang-nhap');
}

/** Fails with a readable list when a page breaks WCAG 2.2 AA as far as a program can tell. */
export async function axe(page, name) {
  const report = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  if (report.violations.length === 0) return;
  const lines = report.violations.map((violation) => {
    const places = violation.nodes.slice(0, 5).map((node) => `      ${node.target.join(' ')}`);
    return `    ${violation.id} (${violation.impact}): ${violation.help}\n${places.join('\n')}`;
  });
  throw new Error(`axe finds ${report.violations.length} kinds of fault on "${name}" (${page.url()}):\n${lines.join('\n')}`);
}

/** Takes pictures for people to look at (e2e/shots, never committed) and refuses a page that scrolls sideways. */
export async function shot(page, name, widths = WIDTHS) {
  await mkdir(SHOTS, { recursive: true });
  const before = page.viewportSize();
  for (const width of widths) {
    await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
    await page.screenshot({ path: join(SHOTS, `${name}-${width}.png`), fullPage: true });
    const over = await sidewards(page);
    if (over) throw new Error(`"${name}" (${page.url()}) scrolls sideways by ${over} at ${width} px`);
  }
  if (before) await page.setViewportSize(before);
}

/**
 * The usual look at a finished page: it is ours, costs no more than it may, is clean for axe on a phone in the dark and on a
 * screen in the light, and is pictured.
 */
export async function look(page, name) {
  const title = await page.title();
  if (!title.includes('Một cửa') && !title.includes('One-stop desk')) throw new Error(`"${name}" (${page.url()}) is not a page of ours, its title is "${title}"`);
  await withinMarks(page, name);
  for (const [index, width] of WIDTHS.entries()) {
    await page.setViewportSize({ width, height: 900 });
    const colorScheme = index === 0 ? 'dark' : 'light';
    await page.emulateMedia({ colorScheme });
    // The bar at the foot lies over something wherever the page stands: from its top, as it is opened.
    await page.evaluate(() => window.scrollTo(0, 0));
    await axe(page, `${name} at ${width} px, ${colorScheme}`);
  }
  await shot(page, name);
}
