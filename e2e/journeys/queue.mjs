// A number is taken on a telephone and at a kiosk, called by an officer with the keyboard, and seen on the board of the hall.
import assert from 'node:assert/strict';
import { look, axe, shot } from '../lib.mjs';
import { staff } from '../people.mjs';

const UNIT = 'phuong-hang-kenh';

export default async function queue(trip) {
  const phone = await trip.visitor();
  const hall = await trip.visitor({ viewport: { width: 1920, height: 1080 } });
  const desk = await trip.visitor();
  const big = (page) => page.locator('.now-calling .no');

  await trip.step('the kiosk asks in large letters what one needs, and goes home by itself', async () => {
    const kiosk = await trip.visitor({ viewport: { width: 1080, height: 1920 } });
    await kiosk.goto(`/kiosk/${UNIT}`);
    await axe(kiosk, 'kiosk');
    await shot(kiosk, 'kiosk', [1080]);
    await kiosk.getByRole('link', { name: /lấy số thứ tự/i }).click();
    await kiosk.getByRole('button', { name: /trả kết quả/i }).waitFor();
    await axe(kiosk, 'kiosk-choose');
    await kiosk.getByRole('button', { name: /trả kết quả/i }).click();
    assert.match(await kiosk.locator('.no').innerText(), /^D\d{3}$/);
    await axe(kiosk, 'kiosk-ticket');
    await kiosk.waitForURL(`**/kiosk/${UNIT}`, { timeout: 30_000 });
  });

  await trip.step('on a telephone, without script, a number says how many are before it', async () => {
    const plain = await trip.visitor({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    await plain.goto('/lay-so');
    await plain.getByRole('link', { name: /hàng kênh/i }).click();
    await plain.getByRole('button', { name: /đất đai/i }).click();
    assert.match(await plain.locator('.no').innerText(), /^B\d{3}$/);
    assert.match(await plain.locator('.ticket').innerText(), /người trước bạn|người tiếp theo/);
  });

  await trip.step('the pages of telephone and hall are sound', async () => {
    await phone.goto(`/lay-so/${UNIT}`);
    await look(phone, 'queue-take');
    await hall.goto(`/bang-goi-so/${UNIT}`);
    await axe(hall, 'board');
    await shot(hall, 'board', [1920]);
    assert.doesNotMatch(await hall.locator('main').innerText(), /hộ tịch|ưu tiên/i, 'number and counter only');
  });

  let called;
  await trip.step('an officer sits down and calls with one key; board and telephone know within seconds', async () => {
    await staff(desk, 'tn.hangkenh.1');
    await desk.goto('/quay/hang-doi');
    await look(desk, 'queue-desk');
    await desk.getByRole('button', { name: /quầy 1/i }).click();
    await desk.locator('.now-calling').waitFor();
    await desk.keyboard.press('n');
    await big(desk).waitFor();
    called = await big(desk).innerText();
    await hall.locator('.calls th[scope="row"]', { hasText: called }).waitFor({ timeout: 5_000 });
    await look(desk, 'queue-called');
  });

  await trip.step('who does not come is passed over, and is called again when back', async () => {
    await desk.keyboard.press('v');
    await desk.locator('aside .lines', { hasText: called }).waitFor();
    await desk.locator('aside .lines li', { hasText: called }).getByRole('button').click();
    await big(desk).waitFor();
    assert.equal(await big(desk).innerText(), called);
  });

  await trip.step('whoever came is received: the counter knows which number it serves', async () => {
    await desk.keyboard.press('t');
    await desk.waitForURL('**/quay/tiep-nhan');
    assert.match(await desk.locator('main').innerText(), new RegExp(`Đang tiếp số ${called}`));
    await desk.getByRole('link', { name: /gọi số tiếp/i }).click();
    await desk.waitForURL('**/quay/hang-doi');
  });

  await trip.step('the control officer sees how long people wait, and sets counters up', async () => {
    const control = await trip.visitor();
    await staff(control, 'kiemsoat');
    await control.goto('/kiem-soat/hang-doi');
    await look(control, 'queue-waits');
    await control.goto(`/quan-tri/quay?don-vi=${UNIT}`);
    await look(control, 'queue-set-up');
  });
}
