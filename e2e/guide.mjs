// Reads a guide of docs/guide and does what it says: what it tells people to press is pressed, what it says they see is
// looked for, its pictures are taken on the way. A mark it does not understand is a fault of the guide.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answerEverything, scan } from './people.mjs';

/** Every history and every file is looked at again before a page says that they are whole. */
const FIND_SECONDS_MAX = 60;
/** What a guide may say, in its own words; in a list of things to try, the first that fits is meant. */
const ACTS = [
  ['open', /mở trang `(\/[^`]*)`/iu],
  ['type', /gõ `([^`]+)` vào ô \*\*([^*]+)\*\*/iu],
  ['pasteCode', /dán mã hồ sơ vào ô \*\*([^*]+)\*\*/iu],
  ['copyCode', /chép mã hồ sơ/iu],
  ['showCode', /gõ mã sáu số ở dòng “([^”]+)” vào ô \*\*([^*]+)\*\*/iu],
  ['pressFirst', /bấm hồ sơ ở dòng đầu/iu],
  ['pressIfSeen', /nếu thấy “([^”]+)” thì bấm \*\*([^*]+)\*\*/iu],
  ['press', /bấm \*\*([^*]+)\*\*/iu],
  ['choose', /chọn \*\*([^*]+)\*\* ở ô \*\*([^*]+)\*\*/iu],
  ['tick', /(?:chọn|đánh dấu) \*\*([^*]+)\*\*/iu],
  ['tickPapers', /đánh dấu từng giấy tờ/iu],
  ['tickFirst', /đánh dấu ô ở dòng đầu/iu],
  ['answerRest', /trả lời các câu còn lại/iu],
  ['sendFile', /gửi ảnh chụp hoặc tệp PDF cho giấy tờ đầu tiên/iu],
  ['picture', /!\[[^\]]*\]\(pictures\/([a-z0-9-]+)\.png\)/u],
  ['see', /“([^”]+)”/u],
];

/** The sections of a guide (a `##` each), with what is done in them, in order. */
export async function readGuide(path) {
  const sections = [];
  for (const [index, line] of (await readFile(path, 'utf8')).split('\n').entries()) {
    if (line.startsWith('## ')) sections.push({ title: line.slice(3), acts: [] });
    const where = `${path}:${index + 1}`;
    const acts = actsIn(line, where);
    if (acts.length > 0 && sections.length === 0) throw new Error(`${where}: before the first section nothing is done`);
    if (sections.length > 0 && !line.startsWith('#')) everySentenceIsTried(line, where);
    sections.at(-1)?.acts.push(...acts);
  }
  return sections;
}

/** A sentence that says nothing to do and nothing to see is a promise nobody keeps. */
function everySentenceIsTried(line, where) {
  const whole = line.trim().replace(/^\d+\.\s+/u, '').replace(/“[^”]*”|`[^`]*`|\*\*[^*]*\*\*/gu, (quoted) => quoted.replace(/[.?!]/gu, '\u0000'));
  for (const sentence of whole.split(/(?<=[.?!])\s+/u).filter(Boolean)) {
    if (!ACTS.some(([, shape]) => shape.test(sentence))) throw new Error(`${where}: nothing in this sentence can be tried: ${sentence}`);
  }
}

function actsIn(line, where) {
  const acts = [];
  let rest = line;
  for (;;) {
    const next = ACTS.map(([kind, shape]) => ({ kind, found: rest.match(shape) })).filter((it) => it.found);
    const first = next.sort((a, b) => a.found.index - b.found.index)[0];
    const plain = first ? rest.slice(0, first.found.index) : rest;
    if (/[*`“”]|!\[/u.test(plain)) throw new Error(`${where}: nobody can try this: ${plain.trim()}`);
    if (!first) return acts;
    acts.push({ kind: first.kind, words: first.found.slice(1), where });
    rest = rest.slice(first.found.index + first.found[0].length);
  }
}

/** Follows a guide with one visitor; pictures are written into `pictures` when it names a folder. */
export class Follower {
  #page;
  #pictures;
  #code = '';
  #seen;

  constructor(page, pictures) {
    this.#page = page;
    this.#pictures = pictures;
  }

  async follow(act) {
    try {
      await this[act.kind](...act.words);
    } catch (error) {
      error.message = `${act.where}: ${act.kind} ${act.words.join(' | ')} (${this.#page.url()})\n${error.message}`;
      throw error;
    }
  }

  open(path) {
    return this.#page.goto(path);
  }

  async press(words) {
    const target = await this.#named(words, (name) => [
      this.#page.getByRole('button', { name }),
      this.#page.getByRole('link', { name }),
      this.#page.locator('summary').filter({ hasText: name }),
    ]);
    await target.click();
    await this.#page.waitForLoadState();
  }

  /** What comes only the first time, or only in some houses. */
  async pressIfSeen(seen, words) {
    await this.#page.waitForLoadState();
    if (await this.#page.getByText(seen).filter({ visible: true }).count()) await this.press(words);
  }

  async pressFirst() {
    await this.#page.locator('main :is(table tbody th a.code, .dossiers h2 a)').first().click();
    await this.#page.waitForLoadState();
  }

  async type(text, label) {
    const box = await this.#box(label);
    if ((await box.evaluate((it) => it.tagName)) !== 'FIELDSET') return box.fill(text);
    for (const [index, part] of text.split('/').entries()) await box.locator('input').nth(index).fill(part);
  }

  async pasteCode(label) {
    if (!this.#code) throw new Error('no code was copied');
    await (await this.#box(label)).fill(this.#code);
  }

  async copyCode() {
    this.#code = (await this.#page.locator('main .code').first().innerText()).trim();
    if (!/^[A-Z0-9.]+-\d{6}-\d+$/.test(this.#code)) throw new Error(`"${this.#code}" is no code of a dossier`);
  }

  /** The second proof; the demonstration says its code beside the box. */
  async showCode(line, label) {
    await this.see(line);
    await (await this.#box(label)).fill(await this.#page.locator('[data-ma]').innerText());
  }

  async choose(option, question) {
    const box = await this.#box(question);
    if ((await box.evaluate((it) => it.tagName)) === 'SELECT') {
      const labels = (await box.locator('option').allInnerTexts()).map((it) => it.trim());
      const label = labels.find((it) => it === option) ?? labels.find((it) => it.startsWith(option));
      return box.selectOption({ label: label ?? option });
    }
    await (await this.#named(option, (name) => [box.getByRole('radio', { name }), box.getByRole('checkbox', { name })])).check();
  }

  async tick(words) {
    const target = await this.#named(words, (name) => [this.#page.getByRole('radio', { name }), this.#page.getByRole('checkbox', { name })]);
    await target.check();
  }

  async tickPapers() {
    for (const box of await this.#page.locator('input[type=checkbox][name^="giay-"]').all()) await box.check();
  }

  tickFirst() {
    return this.#page.locator('main tbody input[type=checkbox]').first().check();
  }

  answerRest() {
    return answerEverything(this.#page);
  }

  async sendFile() {
    const taken = this.#page.waitForResponse((answer) => answer.request().method() === 'POST');
    await this.#page.locator('main input[type=file]').first().setInputFiles(await scan('bản chụp'));
    await taken;
    await this.#page.locator('[role=status]:has-text("Đang")').waitFor({ state: 'detached' });
  }

  see(words) {
    this.#seen = this.#page.getByText(words).or(this.#page.getByLabel(words)).filter({ visible: true }).first();
    return this.#seen.waitFor({ timeout: FIND_SECONDS_MAX * 1000 });
  }

  /** Of the screen, with what was last looked for on it. */
  async picture(name) {
    await this.#page.waitForLoadState();
    if (!this.#pictures) return;
    if (await this.#seen?.isVisible()) await this.#seen.scrollIntoViewIfNeeded();
    const { smallPng } = await import('./small_png.mjs');
    await writeFile(join(this.#pictures, `${name}.png`), smallPng(await this.#page.screenshot()));
  }

  /** The box with this label: whole first, then one that begins so. */
  #box(label) {
    return this.#named(label, (name) => [
      this.#page.getByRole('group', { name }),
      this.#page.getByRole('radiogroup', { name }),
      this.#page.getByLabel(name),
    ]);
  }

  /** The first visible thing called exactly so, or else called so with something after it (a key, a count, "không bắt buộc"). */
  async #named(words, places) {
    const quoted = words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
    const shapes = [new RegExp(`^\\s*${quoted}\\s*$`, 'u'), new RegExp(`^[\\s‹]*${quoted}(?![\\p{L}\\p{N}])`, 'u')];
    const until = Date.now() + FIND_SECONDS_MAX * 1000;
    do {
      for (const shape of shapes) {
        for (const place of places(shape)) {
          const shown = place.filter({ visible: true });
          if (await shown.count()) return shown.first();
        }
      }
      await this.#page.waitForTimeout(100);
    } while (Date.now() < until);
    throw new Error(`nothing on the page is called "${words}"`);
  }
}
