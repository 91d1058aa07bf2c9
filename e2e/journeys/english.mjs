// Somebody who reads English: from the first page to their own dossiers, and back to Vietnamese.
import assert from 'node:assert/strict';
import { login, look } from '../lib.mjs';
import { PASSWORD } from '../people.mjs';

export default async function english(trip) {
  const page = await trip.visitor();
  const language = () => page.locator('html').getAttribute('lang');

  await trip.step('one link in the head turns the first page into English', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'What do you need to do?' }).waitFor();
    assert.equal(await language(), 'en');
    await look(page, 'en-home');
  });

  await trip.step('a procedure says in English what it takes', async () => {
    await page.goto('/tim?q=khai+sinh');
    await look(page, 'en-search');
    await page.locator('.hits a').first().click();
    await page.getByRole('heading', { name: 'What to prepare' }).waitFor();
    assert.equal(await page.locator('h1').getAttribute('lang'), 'vi', 'the name of a procedure stays as it was published');
    await look(page, 'en-procedure');
  });

  await trip.step('a look-up that finds nothing says so', async () => {
    await page.goto('/tra-cuu');
    await page.getByLabel('Dossier code').fill('H24.18.19-250102-9999');
    await page.getByLabel(/Last 4 digits/).fill('0000');
    await page.getByRole('button', { name: 'See where the dossier is' }).click();
    await page.getByText('No dossier matches both the code and the 4 digits.').waitFor();
    await look(page, 'en-look-up-miss');
  });

  await trip.step('after signing in it is still English', async () => {
    await login(page, 'congdan', PASSWORD);
    await page.goto('/ho-so-cua-toi');
    await page.getByRole('heading', { name: 'My dossiers' }).waitFor();
    await look(page, 'en-my-dossiers');
    await page.locator('.dossiers h2 a').first().click();
    await page.getByRole('heading', { name: 'What has happened' }).waitFor();
    await look(page, 'en-dossier');
  });

  await trip.step('one link leads back, and the page is the same', async () => {
    const before = new URL(page.url()).pathname;
    await page.getByRole('link', { name: 'Tiếng Việt' }).click();
    await page.getByRole('heading', { name: 'Những gì đã diễn ra' }).waitFor();
    assert.equal(new URL(page.url()).pathname, before);
    assert.equal(await language(), 'vi');
    await page.goto('/');
    assert.equal(await language(), 'vi');
  });
}
