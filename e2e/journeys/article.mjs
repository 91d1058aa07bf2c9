// The figures of the article, as the demo tells them. First of all journeys, before another one files a dossier into that quarter.
import { look } from '../lib.mjs';

export default async (trip) => {
  await trip.step('anybody reads the public figures of the first quarter, in both languages', async () => {
    const page = await trip.visitor();
    await page.goto('/so-lieu?ky=2025-q1');
    await look(page, 'so-lieu');
    const text = (await page.locator('main').innerText()).replaceAll('\u00a0', ' ');
    for (const figure of ['4.859', '4.495', 'trên 99,9 %']) {
      if (!text.includes(figure)) throw new Error(`${figure} is not on the page of public figures`);
    }
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Tải số liệu' }).click()]);
    if (file.suggestedFilename() !== 'so-lieu-2025-q1.csv') throw new Error(`the file is called ${file.suggestedFilename()}`);
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByText('Share in time').first().waitFor();
    await look(page, 'so-lieu-en');
  });
};
