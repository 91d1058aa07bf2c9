// A citizen between two visits: the dossiers of the house, a question, another way to get the decision, somebody who may follow, a rating.
import assert from 'node:assert/strict';
import { login, look } from '../lib.mjs';
import { PASSWORD, staff } from '../people.mjs';

export default async function citizen(trip) {
  const page = await trip.visitor();

  await trip.step('every tab of my dossiers opens', async () => {
    await login(page, 'congdan', PASSWORD);
    for (const part of ['dang-lam', 'ban-nhap', 'duoc-chia-se', 'da-xong']) {
      const answer = await page.goto(`/ho-so-cua-toi?muc=${part}`);
      assert.equal(answer.status(), 200);
      await look(page, `ho-so-cua-toi-${part}`);
    }
  });

  await trip.step('a dossier somebody shares shows how it stands and nothing to do', async () => {
    await page.goto('/ho-so-cua-toi?muc=duoc-chia-se');
    await page.locator('.dossiers h2 a').first().click();
    await page.getByText('chia sẻ cho bạn để xem').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Rút hồ sơ' }).count(), 0);
    await look(page, 'ho-so-duoc-chia-se');
  });

  let own;
  await trip.step('a question is asked on the page of the dossier', async () => {
    await page.goto('/ho-so-cua-toi?muc=dang-lam');
    own = await page.locator('.dossiers h2 a').first().getAttribute('href');
    await page.goto(own);
    await page.getByLabel('Hỏi về hồ sơ này').fill('Tôi có cần mang bản chính không?');
    await page.getByRole('button', { name: 'Gửi', exact: true }).click();
    await page.getByText('Cơ quan trả lời chậm nhất').last().waitFor();
    await look(page, 'ho-so-trao-doi');
  });

  await trip.step('the result comes by post from now on', async () => {
    await page.goto(`${own}/cach-nhan`);
    await page.getByLabel('Qua bưu chính công ích').check();
    await page.getByLabel('Địa chỉ nhận').fill('Số 12 ngõ Mẫu, quận Lê Chân');
    await look(page, 'cach-nhan');
    await page.getByRole('button', { name: 'Lưu cách nhận' }).click();
    await page.getByText('Đã đổi cách nhận kết quả').waitFor();
  });

  await trip.step('somebody in the house gets a code, and it is taken back', async () => {
    await page.goto(`${own}/chia-se`);
    await page.getByRole('button', { name: 'Tạo mã chia sẻ' }).click();
    await page.getByText('Đã tạo mã').waitFor();
    await look(page, 'chia-se');
    await page.getByRole('button', { name: 'Bỏ mã này' }).click();
    await page.getByText('Đã thôi chia sẻ').waitFor();
  });

  await trip.step('a finished dossier is rated', async () => {
    await page.goto('/ho-so-cua-toi?muc=da-xong');
    await page.locator('.dossiers h2 a').first().click();
    await page.locator('.todo a.btn.go').click();
    await look(page, 'danh-gia');
    for (const name of ['muc', 'thoi_gian', 'lien_he', 'co_quan', 'thai_do']) await page.locator(`[name="${name}"]`).first().check();
    await page.locator('[name="so_lan"]').fill('1');
    await page.getByRole('button', { name: 'Gửi đánh giá' }).click();
    await page.getByText('Đã ghi đánh giá của bạn').waitFor();
  });

  await trip.step('who read my data is told, and the account is mine', async () => {
    await page.goto('/tai-khoan');
    await look(page, 'tai-khoan');
    await page.getByRole('link', { name: 'Ai đã xem dữ liệu của tôi' }).click();
    await look(page, 'ai-da-xem');
  });

  await trip.step('the control officer sees how satisfied people are', async () => {
    const control = await trip.visitor();
    await staff(control, 'kiemsoat');
    await control.goto('/kiem-soat/hai-long');
    await control.getByRole('heading', { name: 'Năm mức' }).waitFor();
    await look(control, 'hai-long');
  });
}
