// A certified copy at the counter: one screen, a slip, solved the same day; once with the keyboard, once without scripts.
import { look } from '../lib.mjs';
import { staff } from '../people.mjs';

const CARD = '999194006218||Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm|09111994|Nữ|Số 18 ngõ 64 phố Mẫu, phường Hàng Kênh|01012022';

export default async (trip) => {
  const desk = await trip.visitor();
  const code = { text: '' };

  await trip.step('the desk finds the procedure, reads the card and sees the due date', async () => {
    await staff(desk, 'tn.hangkenh.1');
    await desk.goto('/quay/tiep-nhan');
    await look(desk, 'quay-trong');
    await desk.locator('#tim').fill('sao y');
    await desk.locator('button[value=tim]').click();
    await desk.locator('button[name=chon][value^="chung-thuc-ban-sao-tu-ban-chinh"]').first().click();
    await desk.locator('[name=the]').fill(CARD);
    await desk.locator('[name=the]').press('Enter');
    await desk.locator('[name=so]').waitFor();
    await desk.waitForFunction(() => document.querySelector('[name=so]')?.value === '999194006218');
    await look(desk, 'quay-dien');
  });

  await trip.step('it is received and the slip prints on one page', async () => {
    for (const tick of await desk.locator('input[name^="giay-"]').all()) await tick.check();
    await desk.locator('[name="d.loai_giay_to"]').fill('Bằng tốt nghiệp');
    await desk.locator('[name="d.so_trang"]').fill('3');
    await desk.locator('[name="d.so_ban"]').fill('2');
    await desk.locator('#phi', { hasText: '10.000 đồng' }).waitFor();
    const phone = desk.locator('form#tn input[type=tel]').first();
    if (await phone.count()) await phone.fill('0999123412');
    await desk.locator('button[value=tiep-nhan]').click();
    await desk.waitForURL(/giay-hen|quay/);
    if (!/giay-hen/.test(desk.url())) await desk.locator('a[href$="/giay-hen"]').first().click();
    await desk.waitForURL(/giay-hen/);
    const pdf = await desk.pdf({ preferCSSPageSize: true });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? [];
    if (pages.length !== 1) throw new Error(`the slip prints on ${pages.length} pages`);
    code.text = decodeURIComponent(desk.url().split('/ho-so/')[1].split('/')[0]);
    await look(desk, 'giay-hen');
  });

  await trip.step('it is solved the same day without scripts', async () => {
    const quiet = await trip.visitor({ javaScriptEnabled: false });
    await staff(quiet, 'cv.hangkenh.1');
    await quiet.goto(`/nghiep-vu/ho-so/${code.text}/viec/nhan-viec`);
    await quiet.locator('[data-main]').click();
    for (let step = 0; step < 6; step += 1) {
      await quiet.goto(`/nghiep-vu/ho-so/${code.text}`);
      if (await quiet.locator('a[href$="/viec/trinh-ky"]').count()) break;
      await quiet.goto(`/nghiep-vu/ho-so/${code.text}/viec/chuyen`);
      await quiet.locator('[data-main]').click();
    }
    await quiet.goto(`/nghiep-vu/ho-so/${code.text}/viec/trinh-ky`);
    await quiet.locator('[data-main]').click();
    const leader = await trip.visitor({ javaScriptEnabled: false });
    await staff(leader, 'ld.hangkenh');
    await leader.goto(`/nghiep-vu/ho-so/${code.text}/viec/ky`);
    await leader.locator('[data-main]').click();
    const clerk = await trip.visitor({ javaScriptEnabled: false });
    await staff(clerk, 'vt.hangkenh');
    await clerk.goto(`/nghiep-vu/ho-so/${code.text}/viec/phat-hanh`);
    await clerk.locator('form#viec input[type=text]').first().fill('77/2025');
    await clerk.locator('[data-main]').click();
  });

  await trip.step('the fee is taken and the copy handed over', async () => {
    await desk.goto(`/nghiep-vu/ho-so/${code.text}/viec/tra-ket-qua`);
    if (await desk.locator('form[action*="/viec/ghi-thu"]').count()) {
      await desk.getByRole('heading', { name: /^Thu .* trước khi trả$/ }).waitFor();
      await look(desk, 'thu-truoc-khi-tra');
      await desk.locator('[data-main]').click();
      await desk.getByText('Đã ghi thu đủ').waitFor();
    }
    await desk.locator('form#viec input[type=text]').first().fill('Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm');
    await desk.locator('[data-main]').click();
    await desk.waitForURL((url) => !url.pathname.includes('/viec/'));
    await look(desk, 'ho-so-da-tra-quay');
  });

  await trip.step('the hand-over slip has a place to sign, a guidance slip has a number', async () => {
    await desk.locator('a', { hasText: 'Phiếu trả kết quả' }).first().click();
    await desk.getByRole('heading', { name: 'PHIẾU TRẢ KẾT QUẢ' }).waitFor();
    await look(desk, 'phieu-tra');
    await desk.goto('/quay/tiep-nhan');
    await desk.locator('#tim').fill('khai sinh');
    await desk.locator('button[value=tim]').click();
    await desk.locator('button[name=chon][value^="dang-ky-khai-sinh@"]').first().click();
    await desk.locator('[name=ten]').fill('Đặng Thị Kiên Nhẫn');
    await desk.locator('button[value=huong-dan]').click();
    await desk.locator('[name=ghi-huong-dan]').fill('Giấy chứng sinh ghi thiếu tên mẹ');
    await look(desk, 'quay-huong-dan');
    await desk.locator('button[value=huong-dan-that]').click();
    await desk.waitForURL(/\/quay\/phieu\//);
    if (!/Số: \d+\/HDHS/.test(await desk.locator('article').innerText())) throw new Error('the guidance slip has no number');
    await look(desk, 'phieu-huong-dan');
  });

  await trip.step('the desk answers, reminds, receives a list and posts', async () => {
    await desk.goto('/quay/truc-tuyen');
    await look(desk, 'quay-truc-tuyen');
    await desk.goto('/quay/cho-tra');
    await look(desk, 'quay-cho-tra');
    await desk.goto('/quay/phieu');
    await look(desk, 'quay-phieu');
    await desk.goto('/quay/theo-danh-sach?thu-tuc=dang-ky-khai-sinh%40ward');
    await desk.locator('[name=danh-sach]').fill('Trần Thị Mẫu;999194006218\nLê Văn Mẫu;123');
    await desk.locator('button[value=kiem]').click();
    await desk.getByText('Dòng 2:').waitFor();
    await look(desk, 'quay-danh-sach');
    await desk.goto('/quay/niem-yet');
    await look(desk, 'quay-niem-yet');
    await desk.locator('main li a').first().click();
    await look(desk, 'to-niem-yet');
  });
};
