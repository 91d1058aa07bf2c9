// People of the demo, and how a person fills in a form. Everybody here is invented.
import { writeFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PASSWORD = 'demo-mot-cua';

/** Signs somebody of the staff in by the staff's door. */
export async function staff(page, account) {
  await page.goto('/can-bo/dang-nhap');
  await page.locator('[name="tai-khoan"]').fill(account);
  await page.locator('[name="mat-khau"]').fill(PASSWORD);
  await page.locator('[name="mat-khau"]').press('Enter');
  // Whoever watches or keeps the house shows a code too; the demonstration says it beside the box.
  const code = page.locator('[data-ma]');
  const box = page.locator('[name="ma"]');
  await Promise.race([box.waitFor(), page.waitForURL((url) => url.pathname !== '/can-bo/dang-nhap')]);
  if (await box.count()) {
    await box.fill(await code.innerText());
    await box.press('Enter');
    await page.waitForURL((url) => url.pathname !== '/can-bo/dang-nhap');
    const onward = page.getByRole('link', { name: 'Đã cất mã, vào làm việc' });
    await page.waitForLoadState();
    if (await onward.count()) await onward.click();
  }
}

/** A small real PDF, the way a scanner makes one. */
export async function scan(words) {
  const folder = await mkdtemp(join(tmpdir(), 'motcua-scan-'));
  const path = join(folder, 'ban-quet.pdf');
  const text = `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n% ${words}\ntrailer<</Root 1 0 R>>\n%%EOF\n`;
  await writeFile(path, text);
  return path;
}

/** Answers every question of the form that must be answered and is not, as a patient person would. */
export async function answerEverything(page) {
  const form = page.locator('form#f');
  for (const box of await form.locator('input[required]:not([type=radio]):not([type=checkbox]):not([type=file])').all()) {
    if (!(await box.isVisible()) || (await box.inputValue()) !== '') continue;
    await box.fill(await answerFor(box));
  }
  for (const list of await form.locator('select[required]').all()) {
    if ((await list.inputValue()) === '') await list.selectOption({ index: 1 });
  }
  for (const group of await form.locator('fieldset:has(input[type=radio][required])').all()) {
    if ((await group.locator('input[type=radio]:checked').count()) === 0) await group.locator('input[type=radio]').first().check();
  }
  for (const tick of await form.locator('input[type=checkbox][required]').all()) await tick.check();
  for (const text of await form.locator('textarea[required]').all()) {
    if ((await text.inputValue()) === '') await text.fill('Như đã trình bày trong tờ khai');
  }
}

async function answerFor(box) {
  const name = (await box.getAttribute('name')) ?? '';
  const type = (await box.getAttribute('type')) ?? 'text';
  if (name.endsWith('.d')) return '3';
  if (name.endsWith('.m')) return '2';
  if (name.endsWith('.y')) return '2025';
  if (type === 'tel') return '0999123412';
  if (type === 'email') return 'tram@thu.example';
  if (/so_dinh_danh|cccd|so_giay/.test(name)) return '999194006218';
  if (/nam_sinh/.test(name)) return '1994';
  if ((await box.getAttribute('inputmode')) === 'numeric' || (await box.getAttribute('inputmode')) === 'decimal') return '1';
  if (/ho_ten/.test(name)) return 'Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm';
  return 'Phường Hàng Kênh, quận Lê Chân, Hải Phòng';
}
