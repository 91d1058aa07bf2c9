// The pages of leaders, control officers and administrators: read, clean, and without sideways scroll.
import { look } from '../lib.mjs';
import { staff } from '../people.mjs';

export default async (trip) => {
  await trip.step('a control officer reads form II.06a of the first quarter', async () => {
    const page = await trip.visitor();
    await staff(page, 'kiemsoat');
    await page.goto('/kiem-soat?tu=01/01/2025&den=30/03/2025');
    await look(page, 'kiem-soat-06a');
    const text = await page.locator('main').innerText();
    for (const figure of ['4.859', '4.495']) {
      if (!text.includes(figure)) throw new Error(`${figure} is not on the page of form II.06a`);
    }
    await page.goto('/kiem-soat?tu=01/01/2025&den=30/03/2025&theo=don-vi');
    const numbers = await page.locator('.r-tbl tbody tr').nth(1).locator('td a').or(page.locator('.r-tbl tfoot td a')).all();
    if (numbers.length < 15) throw new Error(`only ${numbers.length} numbers of form II.06a open anything`);
    const doors = await Promise.all(numbers.map(async (it) => [await it.getAttribute('href'), (await it.innerText()).trim()]));
    for (const [href, count] of doors) {
      await page.goto(href);
      const said = await page.locator('main .under .push').innerText();
      if (!said.includes(`trên ${count} `)) throw new Error(`the form says ${count}, its list says "${said}" (${href})`);
    }
    await look(page, 'kiem-soat-06a-ho-so');
    for (const path of ['/kiem-soat/chua-co-thoi-han', '/kiem-soat/bo-sung', '/kiem-soat/nhat-ky', '/kiem-soat/mau-tin', '/kiem-soat/mau-tin/sms.received']) {
      await page.goto(path);
      await look(page, path.slice(1).replaceAll('/', '-'));
    }
  });

  await trip.step('an administrator reads the outbox, the staff, the sessions, the settings', async () => {
    const page = await trip.visitor();
    await staff(page, 'quantri');
    for (const path of ['/quan-tri', '/quan-tri/can-bo', '/quan-tri/phien', '/quan-tri/cau-hinh', '/quan-tri/toan-ven']) {
      await page.goto(path);
      await look(page, path.slice(1).replaceAll('/', '-'));
    }
  });

  await trip.step('a specialist sees the queues', async () => {
    const page = await trip.visitor();
    await staff(page, 'cv.tuphap.1');
    for (const tab of ['cua-toi', 'chua-ai-nhan', 'cho-cong-dan', 'da-xong']) {
      await page.goto(`/nghiep-vu?hang=${tab}`);
      await look(page, `nghiep-vu-${tab}`);
    }
  });

  await trip.step('a specialist marks a paper, and the request is filled in with the same words', async () => {
    const page = await trip.visitor();
    await staff(page, 'cv.yte.1');
    await page.goto('/nghiep-vu?hang=cua-toi&buoc=work');
    await page.locator('[data-keys] tbody th a').first().click();
    await page.locator('#giay-to').waitFor();
    await page.getByText('Đơn, tờ khai').or(page.getByRole('heading', { name: 'Giấy tờ' })).first().waitFor();
    await page.locator('input[value=khong-dat]').first().check();
    const why = 'Bản chụp mờ, không đọc được số quyết định';
    await page.locator('textarea[name^=ly-do-]').first().fill(why);
    await look(page, 'ho-so-danh-gia');
    await page.locator('#giay-to button[value=luu]').click();
    await page.getByText(`không đạt, ${why}`).first().waitFor();
    await page.locator('a[href*="/giay-to"]').first().click();
    await page.getByText('Thông tin để đối chiếu').waitFor();
    await look(page, 'giay-to-canh-thong-tin');
    await page.goBack();
    const ask = page.locator('#quyet-dinh a[href*="/viec/yeu-cau-bo-sung"]');
    if (!(await ask.count())) return;
    await ask.click();
    const filled = await page.locator('textarea[name^=noi-dung-]').evaluateAll((all) => all.map((it) => it.value));
    if (!filled.includes(why)) throw new Error(`the request does not say "${why}"`);
    await page.locator('[data-main]').click();
    await page.getByText('XEM TRƯỚC').first().waitFor();
    await look(page, 'yeu-cau-bo-sung-xem-truoc');
  });

  await trip.step('a leader ticks what waits for a signature and is asked before it binds', async () => {
    const page = await trip.visitor();
    await staff(page, 'ld.quan');
    await page.goto('/nghiep-vu?hang=cho-ky');
    const boxes = page.locator('[data-keys] tbody input[type=checkbox]');
    if (!(await boxes.count())) return;
    await boxes.first().check();
    await look(page, 'nghiep-vu-cho-ky');
    await page.locator('.dock button[value=ky]').click();
    await page.getByText('Làm được không').waitFor();
    await look(page, 'hang-loat-ky');
    await page.goBack();
    await page.locator('[data-keys] tbody th a').first().click();
    await page.getByRole('button', { name: /Ký/ }).waitFor();
    await look(page, 'ky-canh-giay-to');
  });
};
