// The same work with the keyboard alone: nobody here touches a mouse, and every stop of the Tab key can be seen.
import { WIDTHS } from '../lib.mjs';
import { PASSWORD, answerEverything, scan } from '../people.mjs';

const WARD = 'Phường Hàng Kênh';
const DIGITS = '4990';
const CARD = '999194006218||Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm|09111994|Nữ|Số 18 ngõ 64 phố Mẫu, phường Hàng Kênh|01012022';
const STOPS_MAX = 400;
const HEIGHT = 844;

export default async (trip) => {
  const citizen = await trip.visitor({ viewport: { width: 1366, height: HEIGHT } });
  const code = { text: '' };

  await trip.step('the first stop leads past the menu', async () => {
    await citizen.goto('/');
    await citizen.keyboard.press('Tab');
    await stopIs(citizen, 'a[href="#chinh"], a.skip');
    await citizen.keyboard.press('Enter');
    await citizen.keyboard.press('Tab');
    if (!(await citizen.evaluate(() => document.querySelector('main').contains(document.activeElement) || document.activeElement.closest('.hero, header') !== null))) {
      throw new Error('after the skip link the next stop is not in the content');
    }
  });

  await trip.step('a procedure is found with the arrows', async () => {
    await citizen.goto('/');
    await tabTo(citizen, 'input[type=search][name=q]');
    await citizen.keyboard.type('khai sinh cho con');
    await citizen.locator('[role=option]').first().waitFor();
    await citizen.keyboard.press('ArrowDown');
    await citizen.keyboard.press('Enter');
    await citizen.waitForURL(/thu-tuc\//);
    if (!/khai sinh/i.test(await citizen.locator('h1').innerText())) throw new Error(`the arrows led to ${citizen.url()}`);
  });

  await trip.step('signing in and starting take Tab, arrows and Enter', async () => {
    const address = citizen.url();
    await citizen.goto('/dang-nhap');
    await typeInto(citizen, 'input[autocomplete=username]', 'congdan');
    await typeInto(citizen, 'input[autocomplete=current-password]', PASSWORD);
    await citizen.keyboard.press('Enter');
    await citizen.waitForURL((url) => url.pathname !== '/dang-nhap');
    await citizen.goto(address);
    await tabTo(citizen, 'main a.btn.go');
    await citizen.keyboard.press('Enter');
    await citizen.waitForURL(/nop/);
    const ward = citizen.getByRole('radio', { name: new RegExp(WARD, 'i') });
    await tabTo(citizen, `input[type=radio][name="${await ward.getAttribute('name')}"]`);
    await arrowTo(citizen, ward);
    await tabTo(citizen, 'button[value=tiep]');
    await citizen.keyboard.press('Enter');
    await citizen.locator('#con_ho_ten').waitFor();
  });

  await trip.step('what is wrong is read first, and its line leads to its box, with the question in sight', async () => {
    for (const width of WIDTHS) {
      await citizen.setViewportSize({ width, height: HEIGHT });
      await typeInto(citizen, '#con_ho_ten', '1234');
      await tabTo(citizen, 'button[value=tiep]');
      await citizen.keyboard.press('Enter');
      await citizen.locator('[data-focus]').waitFor();
      await stopIs(citizen, '[data-focus]');
      const link = await tabTo(citizen, '[data-focus] a[href="#con_ho_ten"]');
      await citizen.keyboard.press('Enter');
      await stopIs(citizen, '#con_ho_ten');
      await seen(citizen, link);
      const label = await citizen.locator('label[for=con_ho_ten]').boundingBox();
      const covered = await citizen.evaluate(() => {
        const bars = [...document.querySelectorAll('.dock, header, .sticky')].filter((it) => /fixed|sticky/.test(getComputedStyle(it).position));
        return Math.max(0, ...bars.map((it) => it.getBoundingClientRect()).filter((it) => it.top <= 0).map((it) => it.bottom));
      });
      if (label.y < covered) throw new Error(`at ${width} px the question stands above the page's edge (${label.y} < ${covered})`);
    }
    await citizen.setViewportSize({ width: 1366, height: HEIGHT });
  });

  await trip.step('the form is filled in; a file sent leaves the focus where it was', async () => {
    await citizen.locator('#con_ho_ten').fill('Lê Minh Bảo');
    await typeInto(citizen, '[name="con_ngay_sinh.d"]', '27');
    await typeInto(citizen, '[name="con_ngay_sinh.m"]', '02');
    await typeInto(citizen, '[name="con_ngay_sinh.y"]', '2025');
    await answerEverything(citizen);
    await tabTo(citizen, 'button[value=tiep]');
    await citizen.keyboard.press('Enter');
    await citizen.waitForURL(/giay-to/);
    const boxes = await citizen.locator('input[type=file]').count();
    for (let box = 0; box < boxes; box += 1) {
      const file = citizen.locator('input[type=file]').nth(box);
      const id = await file.getAttribute('id');
      const folded = citizen.locator('details:not([open])').filter({ has: citizen.locator(`[id="${id}"]`) });
      if (await folded.count()) {
        await folded.locator('> summary').focus();
        await citizen.keyboard.press('Enter');
      }
      await file.focus();
      const back = citizen.waitForResponse((answer) => answer.request().method() === 'POST');
      await file.setInputFiles(await scan(`giấy ${box}`));
      await back;
      await citizen.locator('[role=status]:has-text("Đang")').waitFor({ state: 'detached' });
      const now = await citizen.evaluate(() => document.activeElement?.id);
      if (now !== id) throw new Error(`after the file of #${id} the focus is at "${now}"`);
    }
    await tabTo(citizen, 'button[value=tiep]');
    await citizen.keyboard.press('Enter');
    await citizen.waitForURL(/xem-lai/);
  });

  await trip.step('it is sent with a space and an Enter', async () => {
    await answerEverything(citizen);
    const ticks = 'form#f input[type=checkbox]';
    await citizen.locator(ticks).last().focus();
    if (!(await citizen.locator(ticks).last().isChecked())) await citizen.keyboard.press('Space');
    await tabTo(citizen, 'button[value=nop], button[value=luu], button[value=tiep]');
    await citizen.keyboard.press('Enter');
    await citizen.waitForURL(/da-nop/);
    code.text = (await citizen.locator('#ma-ho-so').innerText()).trim();
  });

  await trip.step('where it is, is asked with the code and four digits', async () => {
    const guest = await trip.visitor();
    await guest.goto('/tra-cuu');
    await typeInto(guest, '[name=ma]', code.text);
    await typeInto(guest, '[name=so]', DIGITS);
    await guest.keyboard.press('Enter');
    await guest.getByText('Chờ tiếp nhận').first().waitFor();
  });

  await trip.step('every stop of a citizen can be seen, on a phone and on a screen', async () => {
    for (const width of WIDTHS) {
      await citizen.setViewportSize({ width, height: HEIGHT });
      for (const path of ['/', '/thu-tuc', '/tra-cuu', '/ho-so-cua-toi', `/ho-so-cua-toi/${code.text}`, '/dang-nhap']) {
        await everyStop(citizen, path, width);
      }
    }
  });

  const desk = await trip.visitor({ viewport: { width: 1366, height: HEIGHT } });
  await trip.step('the desk receives at the counter without letting go of the keys', async () => {
    await staffByKeys(desk, 'tn.hangkenh.1');
    await desk.goto('/quay/tiep-nhan');
    await stopIs(desk, '#tim');
    await desk.keyboard.type('sao y');
    await desk.locator('.hit[value^="chung-thuc-ban-sao-tu-ban-chinh"]').first().waitFor();
    await desk.keyboard.press('ArrowDown');
    for (let down = 0; down < 10 && !(await desk.evaluate(() => document.activeElement.value?.startsWith('chung-thuc-ban-sao-tu-ban-chinh'))); down += 1) {
      await desk.keyboard.press('ArrowDown');
    }
    await desk.keyboard.press('Enter');
    await desk.locator('.chosen').waitFor();
    await desk.keyboard.press('F2');
    await stopIs(desk, '#the');
    await desk.keyboard.type(CARD);
    await desk.keyboard.press('Enter');
    await desk.waitForFunction(() => document.querySelector('[name=so]')?.value === '999194006218');
    for (const tick of await desk.locator('input[type=checkbox][name^="giay-"]').all()) {
      await tick.focus();
      await desk.keyboard.press('Space');
    }
    const phone = desk.locator('form#tn input[type=tel]').first();
    if (await phone.count()) await typeInto(desk, `#${await phone.getAttribute('id')}`, '0999123412');
    await desk.keyboard.press('Control+Enter');
    await desk.waitForURL(/giay-hen|quay/);
    await desk.locator('h1').first().waitFor();
    const body = await desk.locator('main, body').first().innerText();
    if (!/H24\.30\.\d+-\d{6}-\d{4}/.test(body + decodeURIComponent(desk.url()))) throw new Error('nothing was received');
  });

  const officer = await trip.visitor({ viewport: { width: 1366, height: HEIGHT } });
  await trip.step('an arrow in a filter changes only the filter', async () => {
    await staffByKeys(officer, 'cv.hangkenh.1');
    await officer.goto('/nghiep-vu?hang=cua-toi');
    await officer.locator('[data-keys] tbody tr').first().waitFor();
    const before = officer.url();
    await tabTo(officer, 'select[name=han]');
    await officer.keyboard.press('ArrowDown');
    await officer.waitForTimeout(300);
    if (officer.url() !== before) throw new Error('an arrow in a filter loaded another page');
    await tabTo(officer, '.filters button');
    await officer.keyboard.press('Enter');
    await officer.waitForURL((url) => url.searchParams.get('han') !== null && url.searchParams.get('han') !== '');
  });

  await trip.step('J, K and Enter open a row; Esc comes back to the same list and row', async () => {
    await officer.goto('/nghiep-vu?hang=cua-toi&xep=ma');
    if ((await officer.locator('[data-keys] tbody tr').count()) < 2) await officer.goto('/nghiep-vu?hang=chua-ai-nhan&xep=ma');
    const list = officer.url();
    await officer.keyboard.press('j');
    await officer.keyboard.press('j');
    const opened = await officer.evaluate(() => document.activeElement.textContent.trim());
    await officer.keyboard.press('Enter');
    await officer.waitForURL(/ho-so\//);
    await officer.locator('main h1').waitFor();
    const act = officer.locator('#quyet-dinh a.btn').first();
    if (await act.count()) {
      await tabTo(officer, '#quyet-dinh a.btn');
      await officer.keyboard.press('Enter');
      await officer.waitForURL(/viec\//);
      await officer.evaluate(() => document.activeElement.blur());
      await officer.keyboard.press('Escape');
      await officer.waitForURL((url) => !url.pathname.includes('/viec/'));
    }
    await officer.keyboard.press('Escape');
    await officer.waitForURL((url) => url.pathname === '/nghiep-vu');
    if (new URL(officer.url()).search !== new URL(list).search) throw new Error(`back at ${officer.url()}, not at ${list}`);
    await officer.waitForFunction((text) => document.activeElement.textContent.trim() === text, opened);
  });

  await trip.step('the keys are written on the page, and each does what is written', async () => {
    await officer.keyboard.press('?');
    const help = await officer.locator('#phim').innerText();
    for (const key of ['J', 'K', 'Enter', 'Esc', '/']) if (!help.includes(key)) throw new Error(`the help does not name ${key}`);
    const bulk = await officer.locator('[data-keys] tbody input[type=checkbox]').count();
    if (/\bX\b/.test(help) !== bulk > 0) throw new Error('the help names X, and there is nothing to tick');
    await officer.keyboard.press('/');
    await stopIs(officer, '#q');
    await officer.keyboard.type('j');
    if ((await officer.locator('#q').inputValue()) !== 'j') throw new Error('a letter typed into a box was taken for a command');
  });

  await trip.step('every stop of an officer can be seen, on a phone and on a screen', async () => {
    for (const width of WIDTHS) {
      for (const page of [officer, desk]) await page.setViewportSize({ width, height: HEIGHT });
      for (const path of ['/nghiep-vu?hang=cua-toi', '/nghiep-vu/tim', `/nghiep-vu/ho-so/${code.text}`]) await everyStop(officer, path, width);
      for (const path of ['/quay/tiep-nhan', `/nghiep-vu/ho-so/${code.text}`, `/nghiep-vu/ho-so/${code.text}/viec/tu-choi`]) {
        await everyStop(desk, path, width);
      }
    }
  });
};

async function staffByKeys(page, account) {
  await page.goto('/can-bo/dang-nhap');
  await typeInto(page, '[name="tai-khoan"]', account);
  await typeInto(page, '[name="mat-khau"]', PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname !== '/can-bo/dang-nhap');
}

/** Fails unless the focus is on such an element. */
async function stopIs(page, selector) {
  await page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector, { timeout: 3000 }).catch(async () => {
    throw new Error(`the focus is at ${await here(page)}, not at ${selector} (${page.url()})`);
  });
}

/** Presses Tab until such an element has the focus, looking at every stop on the way. */
async function tabTo(page, selector) {
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return here(page);
    await page.keyboard.press('Tab');
  }
  throw new Error(`${STOPS_MAX} presses of Tab do not come to ${selector} (${page.url()})`);
}

async function typeInto(page, selector, text) {
  await tabTo(page, selector);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

/** Arrows through a group of radio buttons until that one is chosen. */
async function arrowTo(page, radio) {
  for (let press = 0; press < 60 && !(await radio.isChecked()); press += 1) await page.keyboard.press('ArrowDown');
  if (!(await radio.isChecked())) throw new Error('the arrows do not come to that choice');
}

/** A name for the element with the focus, for people who read a failure. */
function here(page) {
  return page.evaluate(() => {
    const it = document.activeElement;
    const words = (it.getAttribute('aria-label') ?? it.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 50);
    return `<${it.tagName.toLowerCase()}${it.id ? ` id=${it.id}` : ''}${it.name ? ` name=${it.name}` : ''}> "${words}"`;
  });
}

/** Fails unless the element with the focus is on the screen, under nothing, and marked. */
async function seen(page, where) {
  // Two frames: scrolling to the focus may take one.
  const fault = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const it = document.activeElement;
    if (!it || it === document.body) return done('');
    const hidden = it.matches('input[type=radio], input[type=checkbox], input[type=file]') && (it.closest('label') ?? it.closest('.drop'));
    const shown = hidden || it;
    const box = shown.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return done('is not on the page');
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    if (right - left < 2 || bottom - top < 2) return done(`is off the screen (${Math.round(box.top)}..${Math.round(box.bottom)} of ${innerHeight})`);
    const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.2], [0.5, 0.8]].map(([x, y]) => [left + (right - left) * x, top + (bottom - top) * y]);
    const free = points.some(([x, y]) => {
      const at = document.elementFromPoint(x, y);
      return at && (shown.contains(at) || at.contains(shown) || shown.closest('label')?.contains(at));
    });
    if (!free) return done(`is covered by <${document.elementFromPoint(...points[0])?.className || '?'}>`);
    const marked = [it, shown, it.parentElement, it.closest('.field, label, li, tr')].filter(Boolean).some((one) => {
      const style = getComputedStyle(one);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
    });
    return done(marked ? '' : 'has no mark of the focus');
  }))));
  if (fault) throw new Error(`${where} ${fault} (${page.url()}, ${page.viewportSize().width} px)`);
}

/** Tabs through a whole page; every stop must be seen, and the keyboard must come out again. */
async function everyStop(page, path, width) {
  await page.goto(path);
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
  const faults = [];
  let last = '';
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    await page.keyboard.press('Tab');
    const [out, again] = await page.evaluate(() => {
      const it = document.activeElement;
      const known = it.dataset.stop !== undefined;
      it.dataset.stop = '1';
      return [it === document.body || it === document.documentElement, known];
    });
    if (out || again) {
      if (stop === 0) faults.push('Tab finds nothing to stop at');
      break;
    }
    last = await here(page);
    await seen(page, last).catch((error) => faults.push(error.message));
    if (stop === STOPS_MAX - 1) faults.push(`there is no end of stops, the last is ${last}`);
  }
  if (faults.length > 0) throw new Error(`at ${width} px on ${path}:\n    ${faults.slice(0, 8).join('\n    ')}`);
}
