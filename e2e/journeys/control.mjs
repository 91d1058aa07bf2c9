// A control officer's morning: a procedure written anew, tried and published, a day off looked at before it is saved.
import { look } from '../lib.mjs';
import { staff } from '../people.mjs';

const DECISION = '77/QĐ-UBND ngày 31/03/2025 của UBND quận (giả lập)';

export default async (trip) => {
  const page = await trip.visitor();
  await trip.step('a control officer finds a procedure and writes its next revision', async () => {
    await staff(page, 'kiemsoat');
    await page.goto('/kiem-soat/danh-muc');
    await look(page, 'danh-muc');
    await page.locator('#q').fill('chứng tử');
    await page.getByRole('button', { name: 'Lọc' }).click();
    await page.goto('/kiem-soat/danh-muc/dang-ky-khai-tu%40ward');
    await look(page, 'danh-muc-thu-tuc');
    await page.getByRole('link', { name: 'Soạn bản mới' }).click();
    await look(page, 'danh-muc-soan');
    await page.locator('[name="giay-moi-ten"]').fill('Giấy thử của hành trình');
    await page.locator('[name="phi-moi-loi"]').fill('Lệ phí thử');
    await page.locator('[name="phi-moi-muc"]').fill('8.000');
    await page.getByRole('button', { name: 'Ghi bản đang soạn' }).click();
    await page.getByText('Thêm').first().waitFor();
    await look(page, 'danh-muc-so-sanh');
  });

  await trip.step('she tries it as a citizen would: first without papers, then whole', async () => {
    await page.getByRole('link', { name: 'Nộp thử bản mới' }).click();
    await page.locator('[name="thu-kenh"]').selectOption('online');
    await page.locator('[name="thu-gio"]').fill('16:00');
    await page.getByRole('button', { name: 'Nộp thử', exact: false }).last().click();
    await page.getByText('Thiếu giấy tờ: Giấy thử của hành trình').waitFor();
    await page.getByRole('button', { name: 'Điền mẫu giả' }).click();
    for (const box of await page.locator('[name="thu-giay"]').all()) await box.check();
    await page.getByRole('button', { name: 'Nộp thử', exact: false }).last().click();
    await page.getByText('Nộp được.').waitFor();
    await look(page, 'danh-muc-nop-thu');
  });

  await trip.step('she publishes it by a decision; the house goes by it at once', async () => {
    await page.goto('/kiem-soat/danh-muc/dang-ky-khai-tu%40ward/cong-bo');
    await look(page, 'danh-muc-cong-bo');
    await page.locator('#quyet-dinh').fill(DECISION);
    await page.locator('button[value="chot"]').click();
    await page.getByText('Đã công bố.').waitFor();
    await page.goto('/thu-tuc/dang-ky-khai-tu%40ward');
    await page.getByText('Giấy thử của hành trình').first().waitFor();
    for (const part of ['bai-bo', 'khac-biet']) {
      await page.goto(`/kiem-soat/danh-muc/dang-ky-khai-tu%40ward/${part}`);
      await look(page, `danh-muc-${part}`);
    }
  });

  await trip.step('she sees what a day off and new hours would do, and saves nothing', async () => {
    await page.goto('/kiem-soat/lich?nam=2025');
    await look(page, 'lich');
    await page.locator('[name="ngay"]').fill('14/04/2025');
    await page.locator('[name="ten"]').fill('Ngày nghỉ thử');
    await page.locator('button[value="xem"]').click();
    await page.getByText('Nếu ghi thay đổi này').waitFor();
    await page.getByText('muộn hơn').first().waitFor();
    await look(page, 'lich-anh-huong');
    await page.goto('/kiem-soat/gio-lam-viec');
    await look(page, 'gio-lam-viec');
  });
};
