// A reorganisation from the decision to the certificate, as a control officer walks it: without a script in the page.
import { look } from '../lib.mjs';
import { staff } from '../people.mjs';

const NUMBER = '12/NQ-HĐND';
/** Minutes until the instant: time to look at every step and to rehearse. */
const MINUTES_AHEAD = 3;
const REHEARSAL_SECONDS_MAX = 120;

/** Two wards become one, three minutes after what the clock of the demo shows. */
function plan(now) {
  const at = new Date(now.getTime() + MINUTES_AHEAD * 60_000);
  const two = (number) => String(number).padStart(2, '0');
  const day = (date) => `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const moment = `${day(at)}T${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  return `schema = "motcua.reform/1"
id = "thu-hai-phuong"
title = "Sắp xếp phường Hàng Kênh và phường An Biên"
instrument = "Nghị quyết"
number = "${NUMBER}"
signed_on = "2025-03-01"
effective_at = "${moment}"
invented = ["Phương án này là số liệu mẫu."]
ends = ["phuong-hang-kenh", "phuong-an-bien"]
[provenance]
invented = ["everything"]
[[unit]]
key = "phuong-moi"
name = "Phường Mẫu Mới"
level = "ward"
standing = "authority"
parent = "quan-le-chan"
codes = { agency = "H99.30.03" }
[[edge]]
from = ["phuong-hang-kenh", "phuong-an-bien"]
to = "phuong-moi"
extent = "whole"
[[staff]]
from = ["phuong-hang-kenh", "phuong-an-bien"]
to = "phuong-moi"
`;
}

/** What the clock of the demo shows, from the line above every page; its local time is kept as if it were UTC. */
async function demoNow(page) {
  const words = await page.locator('.demo').innerText();
  const [, day, month, year, hour, minute] = words.match(/(\d\d)\/(\d\d)\/(\d{4}), (\d+) giờ(?: (\d\d))?/);
  return new Date(Date.UTC(+year, +month - 1, +day, +hour, +(minute ?? 0)));
}

/** The page looks again by itself until it says so. */
async function until(page, words, seconds) {
  await page.locator('main', { hasText: words }).waitFor({ timeout: seconds * 1000 });
}

export default async (trip) => {
  let officer;
  let base;

  await trip.step('the reform of 1 July opens on every step, and says what of it is made up', async () => {
    officer = await trip.visitor({ javaScriptEnabled: false });
    const seeing = await trip.visitor();
    await staff(seeing, 'kiemsoat');
    await seeing.goto('/kiem-soat/sap-xep');
    await look(seeing, 'sap-xep');
    const shipped = seeing.locator('li', { has: seeing.getByRole('button', { name: 'Kết thúc hoạt động quận Lê Chân' }) });
    await shipped.getByRole('button').click();
    await seeing.waitForURL(/so-do$/);
    const of = new URL(seeing.url()).pathname.replace('/so-do', '');
    for (const step of ['', '/so-do', '/chuyen', '/chuyen/ds?muc=viec', '/vuong-mac', '/xem-thu', '/dien-tap', '/thoi-diem']) {
      await seeing.goto(`${of}${step}`);
      await look(seeing, `sap-xep-b${step.replaceAll(/[/?=]/g, '-')}`);
      await seeing.getByText('Bảng chia địa bàn').first().waitFor();
    }
  });

  await trip.step('a plan with a mistake is told by its line and stays as it was typed', async () => {
    await staff(officer, 'kiemsoat');
    await officer.goto('/kiem-soat/sap-xep');
    const text = plan(await demoNow(officer)).replace('to = "phuong-moi"', 'to = "phuong-nao"');
    await officer.locator('#van-ban').fill(text);
    await officer.getByRole('button', { name: 'Kiểm tra và ghi lại' }).click();
    await officer.getByText('khóa của một đơn vị đang hoạt động vào ngày đó').first().waitFor();
    if (!(await officer.locator('#van-ban').inputValue()).includes('phuong-nao')) throw new Error('the text is gone');
  });

  await trip.step('the plan is mended, looked at and rehearsed on a copy', async () => {
    await officer.locator('#van-ban').fill(plan(await demoNow(officer)));
    await officer.getByRole('button', { name: 'Kiểm tra và ghi lại' }).click();
    await officer.waitForURL(/so-do$/);
    base = new URL(officer.url()).pathname.replace('/so-do', '');
    for (const step of ['Những gì chuyển', 'Vướng mắc', 'Xem thử hồ sơ', 'Diễn tập']) {
      await officer.getByRole('link', { name: `Tiếp: ${step}` }).click();
    }
    await officer.getByRole('button', { name: 'Diễn tập trên bản sao' }).click();
    await until(officer, 'chứng nhận khớp', REHEARSAL_SECONDS_MAX);
  });

  await trip.step('the number of the resolution is typed, and the instant comes by itself', async () => {
    await officer.getByRole('link', { name: 'Tiếp: Thời điểm' }).click();
    await officer.locator('#so').fill('13/NQ-HĐND');
    await officer.getByRole('button', { name: 'Bắt đầu' }).click();
    await officer.getByText('không phải số của nghị quyết này').first().waitFor();
    await officer.locator('#so').fill(NUMBER);
    await officer.getByRole('button', { name: 'Bắt đầu' }).click();
    await officer.waitForURL(/tien-do/);
    await until(officer, 'Đã xong', (MINUTES_AHEAD + 1) * 60);
  });

  await trip.step('the certificate holds when it is counted again', async () => {
    await officer.goto(`${base}/chung-nhan`);
    await officer.getByText('Mọi con số trước và sau khi chuyển bằng nhau').waitFor();
    await officer.getByRole('button', { name: 'Kiểm lại' }).click();
    await officer.getByText('chứng nhận khớp, chữ ký đúng').waitFor();
    const seeing = await trip.visitor();
    await staff(seeing, 'kiemsoat');
    for (const step of ['', '/tien-do', '/chung-nhan']) {
      await seeing.goto(`${base}${step}`);
      await look(seeing, `sap-xep-xong${step.replace('/', '-')}`);
    }
  });
};
