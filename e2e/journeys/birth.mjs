// A birth is registered online: from the first word typed to the certificate in hand, with a supplement on the way.
import { login, look } from '../lib.mjs';
import { PASSWORD, answerEverything, scan, staff } from '../people.mjs';

const WARD = 'Phường Hàng Kênh';
/** Last digits of the telephone of "congdan" in the demo of seed 1. */
const DIGITS = '4990';

export default async (trip) => {
  const citizen = await trip.visitor();
  const code = { text: '' };

  await trip.step('a mother finds the procedure in her own words', async () => {
    await citizen.goto('/');
    await citizen.locator('input[type=search][name=q]').fill('vợ mới sanh làm giấy tờ gì cho bé');
    await citizen.locator('input[type=search][name=q]').press('Enter');
    await look(citizen, 'tim-thu-tuc');
    await citizen.locator('main').getByRole('link', { name: /khai sinh/i }).first().click();
    await look(citizen, 'thu-tuc');
  });

  await trip.step('she signs in and chooses her ward', async () => {
    const address = citizen.url();
    await login(citizen, 'congdan', PASSWORD);
    await citizen.goto(address);
    await citizen.locator('a.btn.go').first().click();
    await citizen.getByRole('radio', { name: new RegExp(WARD, 'i') }).check();
    await look(citizen, 'nop-bat-dau');
    await citizen.locator('button[value=tiep]:visible').click();
  });

  await trip.step('she answers the questions; what was wrong is said beside its field and nothing is lost', async () => {
    await look(citizen, 'nop-to-khai');
    await citizen.locator('#con_ho_ten').fill('Lê <b>Minh</b> 👶');
    await citizen.locator('[name="con_ngay_sinh.d"]').fill('31');
    await citizen.locator('[name="con_ngay_sinh.m"]').fill('2');
    await citizen.locator('[name="con_ngay_sinh.y"]').fill('2025');
    await citizen.locator('button[value=tiep]:visible').last().click();
    const typed = await citizen.locator('[name="con_ngay_sinh.d"]').inputValue();
    if (typed !== '31') throw new Error(`the day typed is gone: ${typed}`);
    await look(citizen, 'nop-to-khai-loi');
    await citizen.locator('#con_ho_ten').fill('Lê Minh Anh');
    await citizen.locator('[name="con_ngay_sinh.d"]').fill('28');
    await answerEverything(citizen);
    await citizen.locator('button[value=tiep]:visible').last().click();
    await citizen.waitForURL(/giay-to/);
  });

  await trip.step('she sends the papers and sees what is missing as links', async () => {
    await look(citizen, 'nop-giay-to');
    const papers = citizen.url();
    await citizen.goto(papers.replace('giay-to', 'xem-lai'));
    await look(citizen, 'nop-xem-lai-thieu');
    if (!(await citizen.locator('#thieu').count())) throw new Error('the page does not say what is missing');
    await citizen.goto(papers);
    for (const file of await citizen.locator('input[type=file]').all()) await file.setInputFiles(await scan('giấy chứng sinh'));
    await citizen.locator('button[value=tiep]:visible').last().click();
    await citizen.waitForURL(/xem-lai/);
    await look(citizen, 'nop-xem-lai');
  });

  await trip.step('she sends it and gets a code that cannot be overlooked', async () => {
    await answerEverything(citizen);
    await citizen.locator('form#f input[type=checkbox]').last().check();
    const save = citizen.locator('button[value=nop]:visible, button[value=luu]:visible, button[value=tiep]:visible');
    if (await save.count()) await save.last().click();
    await citizen.waitForURL(/da-nop/);
    code.text = (await citizen.locator('#ma-ho-so').innerText()).trim();
    if (!/^H24\.30\.\d+-250331-\d{4}$/.test(code.text)) throw new Error(`what a code is this: ${code.text}`);
    await look(citizen, 'da-nop');
  });

  await trip.step('anybody with the code and four digits sees where it is, without a name', async () => {
    const guest = await trip.visitor();
    await guest.goto('/tra-cuu');
    await guest.locator('[name=ma]').fill(code.text);
    await guest.locator('[name=so]').fill(DIGITS);
    await guest.locator('[name=so]').press('Enter');
    await guest.waitForLoadState();
    await look(guest, 'tra-cuu-thay');
    await guest.getByText('Chờ tiếp nhận').first().waitFor();
    const name = (await citizen.locator('header').innerText()).match(/Nguyễn[^\n]*/)?.[0] ?? 'Nguyễn';
    if ((await guest.locator('main').innerText()).includes(name)) throw new Error('the look-up shows a name');
  });

  const officer = await trip.visitor();
  await trip.step('the desk receives it', async () => {
    await staff(officer, 'tn.hangkenh.1');
    await officer.goto('/nghiep-vu?hang=cho-tiep-nhan');
    await look(officer, 'nghiep-vu-cho-tiep-nhan');
    await act(officer, code.text, 'tiep-nhan');
  });

  const specialist = await trip.visitor();
  await trip.step('the specialist takes it on and asks for a clearer paper', async () => {
    await staff(specialist, 'cv.hangkenh.1');
    await act(specialist, code.text, 'nhan-viec');
    await specialist.goto(`/nghiep-vu/ho-so/${code.text}/viec/yeu-cau-bo-sung`);
    await look(specialist, 'viec-yeu-cau-bo-sung');
    await specialist.locator('form#viec input[type=checkbox][value=giay_chung_sinh]').check();
    await specialist.locator('[name="noi-dung-giay_chung_sinh"]').fill('Bản gửi mờ, không đọc được ngày sinh');
    await specialist.locator('[name="ly-do"]').fill('Cần đọc được ngày sinh để ghi vào sổ');
    await specialist.locator('[data-main]').click();
    await specialist.getByRole('heading', { name: 'PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ' }).waitFor();
    await look(specialist, 'viec-yeu-cau-bo-sung-xem-truoc');
    await specialist.locator('[data-main]').click();
    await specialist.waitForURL((url) => url.pathname.endsWith(code.text));
  });

  await trip.step('the mother reads what she must do, and does it', async () => {
    await citizen.goto(`/ho-so-cua-toi/${code.text}`);
    await citizen.getByRole('heading', { name: 'Bạn cần làm gì' }).waitFor();
    await look(citizen, 'ho-so-cho-bo-sung');
    await citizen.locator('.todo a.btn.go').click();
    await look(citizen, 'bo-sung');
    await citizen.locator('input[type=file]').first().setInputFiles(await scan('bản rõ hơn'));
    await citizen.locator('button.btn.go[value=gui]').click();
    await citizen.waitForURL((url) => url.pathname === `/ho-so-cua-toi/${code.text}`);
    await look(citizen, 'ho-so-da-bo-sung');
  });

  await trip.step('specialist, leader and clerk do their part', async () => {
    for (let step = 0; step < 6; step += 1) {
      await specialist.goto(`/nghiep-vu/ho-so/${code.text}`);
      const submit = specialist.locator(`a[href$="/viec/trinh-ky"]`);
      if (await submit.count()) break;
      await act(specialist, code.text, 'chuyen');
    }
    await look(specialist, 'ho-so-chuyen-vien');
    await specialist.goto(`/nghiep-vu/ho-so/${code.text}/viec/trinh-ky`);
    for (const text of await specialist.locator('form#viec textarea').all()) await text.fill('Đủ điều kiện đăng ký khai sinh');
    await specialist.locator('[data-main]').click();
    await specialist.waitForURL((url) => url.pathname.endsWith(code.text));
    const leader = await trip.visitor();
    await staff(leader, 'ld.hangkenh');
    await leader.goto('/lanh-dao');
    await look(leader, 'lanh-dao');
    await act(leader, code.text, 'ky');
    const clerk = await trip.visitor();
    await staff(clerk, 'vt.hangkenh');
    await act(clerk, code.text, 'phat-hanh', async (page) => {
      await page.locator('form#viec input[type=text]').first().fill('123/2025');
    });
  });

  await trip.step('the desk hands it over and the mother sees it is done', async () => {
    await act(officer, code.text, 'tra-ket-qua', async (page) => {
      await page.locator('form#viec input[type=text]').first().fill('Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm');
    });
    await citizen.goto(`/ho-so-cua-toi/${code.text}`);
    await look(citizen, 'ho-so-da-tra');
  });
};

async function act(page, code, key, fill) {
  await page.goto(`/nghiep-vu/ho-so/${code}/viec/${key}`);
  if (fill) await fill(page);
  await page.locator('[data-main]').click();
  await page.waitForURL((url) => !url.pathname.includes('/viec/'));
}
