// Anybody, without an account: the first page, a search, and a look-up that finds nothing.
import assert from 'node:assert/strict';
import { look } from '../lib.mjs';
import { laxPolicy, withinMarks } from '../marks.mjs';

export default async function home(trip) {
  const page = await trip.visitor();

  await trip.step('the first page asks what you need to get done', async () => {
    const answer = await page.goto('/');
    assert.equal(answer.status(), 200);
    assert.equal(await page.locator('html').getAttribute('lang'), 'vi');
    assert.equal(await page.locator('h1').count(), 1, 'a page has one main heading');
    await page.locator('input[type="search"][name="q"]').first().waitFor();
    await look(page, 'home');
  });

  await trip.step('the demo says that it is a demo', async () => {
    assert.match(await page.locator('.demo').first().innerText(), /trình diễn/i);
    assert.match(await page.locator('body').innerText(), /không có giá trị pháp lý/i);
  });

  await trip.step('the first key press offers to jump to the contents', async () => {
    await page.goto('/');
    await page.keyboard.press('Tab');
    const target = await page.evaluate(() => document.activeElement?.getAttribute('href'));
    assert.equal(target, '#main');
    assert.equal(await page.locator('#main').count(), 1);
  });

  await trip.step('a page that moves, sticks out, weighs too much or allows too much would be noticed', async () => {
    const spoiled = async (how, expected) => {
      await page.goto('/');
      await page.evaluate(how);
      await assert.rejects(withinMarks(page, 'spoiled'), expected);
    };
    await spoiled(() => new Promise((done) => {
      const late = document.createElement('p');
      late.style.height = '300px';
      document.querySelector('header').after(late);
      const until = performance.now() + 5000;
      const seen = () => (window.motcuaShifts.sum > 0.01 || performance.now() > until ? done() : requestAnimationFrame(seen));
      seen();
    }), /shifts by/);
    await spoiled(() => { document.querySelector('main').style.width = '2000px'; }, /scrolls sideways by .* at 320 px/);
    await spoiled(async () => {
      await Promise.all([...Array(9).keys()].map(async (it) => (await fetch(`/tai-san/motcua.css?${it}`)).text()));
      // The browser tells of a download a moment after its last byte.
      const told = () => performance.getEntriesByType('resource').filter((it) => it.name.includes('motcua.css?')).length;
      const until = performance.now() + 5000;
      while (told() < 9 && performance.now() < until) await new Promise((done) => { requestAnimationFrame(done); });
    }, /bytes on the wire/);
    for (const lax of ['', "default-src 'self'", "default-src 'none'; style-src 'unsafe-inline'", "default-src 'none'; script-src *"]) {
      assert.notEqual(laxPolicy(lax), '');
    }
  });

  await trip.step('without JavaScript, the search finds the registration of a birth', async () => {
    const plain = await trip.visitor({ javaScriptEnabled: false });
    await plain.goto('/');
    const field = plain.locator('input[type="search"][name="q"]').first();
    await field.fill('khai sinh cho con');
    await field.press('Enter');
    await plain.getByRole('link', { name: /đăng ký khai sinh/i }).first().waitFor();
  });

  await trip.step('the look-up page asks for the code and little else', async () => {
    const answer = await page.goto('/tra-cuu');
    assert.equal(answer.status(), 200);
    await page.getByLabel(/mã hồ sơ/i).first().waitFor();
    await look(page, 'look-up');
  });

  await trip.step('every miss of a look-up is the same page', async () => {
    const misses = [];
    for (const code of ['H24.18.19-250102-9999', 'khong-phai-ma']) {
      await page.goto('/tra-cuu');
      const field = page.getByLabel(/mã hồ sơ/i).first();
      await field.fill(code);
      const digits = page.getByLabel(/4 số cuối/i);
      if ((await digits.count()) > 0) await digits.first().fill('0000');
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.request().isNavigationRequest() && response.status() !== 303),
        field.press('Enter'),
      ]);
      await page.waitForLoadState();
      misses.push({ status: answer.status(), words: (await page.locator('main').innerText()).replaceAll(code, '') });
    }
    assert.deepEqual(misses.map((miss) => miss.status), [404, 404]);
    assert.equal(misses[0].words, misses[1].words);
    await look(page, 'look-up-miss');
  });
}
