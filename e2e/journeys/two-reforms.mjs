// A newcomer carries both reorganisations of Lê Chân out in the wizard, on a demo of its own that stopped on the eve of the first,
// and opens an old receipt after each: without a script in the page.
import { makeOwnDemo, shot, startServer } from '../lib.mjs';
import { staff } from '../people.mjs';

const REFORMS = [
  { title: 'Sắp xếp các phường của quận Lê Chân', number: '1232/NQ-UBTVQH15' },
  { title: 'Kết thúc hoạt động quận Lê Chân', number: '1669/NQ-UBTVQH15' },
];
const CONFLICTS_MAX = 40;
const SECONDS_MAX = 120;

/** Settles whatever stands on the page of conflicts, kind after kind. */
async function settle(page) {
  for (let round = 0; round < CONFLICTS_MAX; round += 1) {
    if (await page.getByText('Không còn vướng mắc').count()) return;
    const form = page.locator('main form', { has: page.locator('[name=cach]') }).first();
    const ward = form.locator('[name=cach][value^="giu:"][value$="ward"]');
    const many = form.locator('select[name=cach]');
    if (await many.count()) await many.selectOption({ index: (await many.locator('option').count()) - 1 });
    else await ((await ward.count()) ? ward.first() : form.locator('[name=cach]').last()).check();
    if (await form.locator('[name=ly-do]').count()) await form.locator('[name=ly-do]').fill('Theo phương án bố trí (số liệu mẫu)');
    if (await form.locator('[name=tat-ca]').count()) await form.locator('[name=tat-ca]').check();
    await form.getByRole('button').click();
  }
  throw new Error(`conflicts are left after ${CONFLICTS_MAX} rounds`);
}

/** From the list of plans to the certificate. */
async function carriedOut(officer, { title, number }, name) {
  await officer.goto('/kiem-soat/sap-xep');
  await officer.getByRole('button', { name: new RegExp(`^Dùng kế hoạch có sẵn.*${title}`) }).click();
  await officer.waitForURL(/so-do$/);
  const base = officer.url().replace('/so-do', '');
  await officer.getByRole('link', { name: 'Tiếp: Những gì chuyển' }).click();
  await officer.getByRole('link', { name: 'Tiếp: Vướng mắc' }).click();
  await settle(officer);
  await officer.getByRole('link', { name: 'Tiếp: Xem thử hồ sơ' }).click();
  await officer.getByRole('link', { name: 'Tiếp: Diễn tập' }).click();
  await officer.getByRole('button', { name: 'Diễn tập trên bản sao' }).click();
  await officer.locator('main', { hasText: 'chứng nhận khớp' }).waitFor({ timeout: SECONDS_MAX * 1000 });
  await officer.getByRole('link', { name: 'Tiếp: Thời điểm' }).click();
  await officer.locator('#so').fill(number);
  await officer.getByRole('button', { name: 'Bắt đầu' }).click();
  await officer.locator('main', { hasText: 'Đã sẵn sàng' }).waitFor({ timeout: SECONDS_MAX * 1000 });
  await shot(officer, `${name}-dong-ho`);
  await officer.getByRole('button', { name: 'Quay đồng hồ tới ngay trước thời điểm' }).click();
  // The instant may end the session of whoever waits for it: their post goes to a new unit.
  const asked = officer.getByRole('button', { name: 'Đăng nhập' });
  await officer.locator('main', { hasText: 'Đã xong' }).or(asked).first().waitFor({ timeout: SECONDS_MAX * 1000 });
  if (await asked.count()) await staff(officer, 'kiemsoat');
  await officer.goto(`${base}/tien-do`);
  await officer.locator('main', { hasText: 'Đã xong' }).waitFor({ timeout: SECONDS_MAX * 1000 });
  await shot(officer, `${name}-tien-do`);
  await officer.getByRole('link', { name: 'Tiếp: Chứng nhận' }).click();
  await officer.getByText('Mọi con số trước và sau khi chuyển bằng nhau').waitFor();
  await officer.getByRole('button', { name: 'Kiểm lại' }).click();
  await officer.getByText('chứng nhận khớp, chữ ký đúng').waitFor();
}

/** The link on the receipt, as the citizen opens it; answers what it says. */
async function receipt(trip, baseURL, { code, digits }, name) {
  const citizen = await trip.visitor({ baseURL, javaScriptEnabled: false });
  await citizen.goto(`/tra-cuu?ma=${code}`);
  await citizen.locator('[name=so]').fill(digits);
  await citizen.locator('[name=so]').press('Enter');
  await citizen.getByText(code).first().waitFor();
  await shot(citizen, name);
  return citizen.locator('main').innerText();
}

export default async (trip) => {
  const { data, said, remove } = await makeOwnDemo(['--before', '2025-01-01', '--scale-percent', '10']);
  let server;
  try {
    const [, code, digits] = said.match(/\/tra-cuu\?ma=(\S+), bốn số cuối điện thoại (\d{4})/);
    server = await startServer(data);
    const officer = await trip.visitor({ baseURL: server.url, javaScriptEnabled: false });
    await staff(officer, 'kiemsoat');
    const before = await receipt(trip, server.url, { code, digits }, 'giay-hen-truoc');
    if (before.includes('nay thuộc')) throw new Error('it says what became of a unit that stands');
    for (const [nth, reform] of REFORMS.entries()) {
      await trip.step(`${reform.title}: from the plan to the certificate`, () => carriedOut(officer, reform, `lan-${nth + 1}`));
      await trip.step(`the old receipt opens after ${reform.number} and says "nay thuộc"`, async () => {
        const told = await receipt(trip, server.url, { code, digits }, `giay-hen-${nth + 1}`);
        if (!told.includes('nay thuộc')) throw new Error(`it does not say what became of its unit: ${told}`);
      });
    }
  } finally {
    await server?.stop();
    await remove();
  }
};
