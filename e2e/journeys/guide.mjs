// The guides of docs/guide, each followed word by word by a person who does nothing else; on a demo as a reader finds it.
import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Follower, readGuide } from '../guide.mjs';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../docs/guide');
const PICTURES = join(FOLDER, 'pictures');
/** Citizens come with a telephone; an officer's screen is pictured no wider than a page of the guide shows it. */
const SCREENS = { 'cong-dan': { width: 390, height: 780 } };
const DESK = { width: 960, height: 720 };

export const fresh = true;

export default async (trip) => {
  const makes = Boolean(process.env.TAKE_PICTURES);
  const guides = (await readdir(FOLDER)).filter((it) => it.endsWith('.md') && it !== 'README.md');
  const taken = [];
  if (makes) await mkdir(PICTURES, { recursive: true });
  for (const guide of guides) {
    const role = guide.replace('.md', '');
    const page = await trip.visitor({ viewport: SCREENS[role] ?? DESK });
    const follower = new Follower(page, makes ? PICTURES : null);
    for (const { title, acts } of await readGuide(join(FOLDER, guide))) {
      await trip.step(`${role}: ${title}`, async () => {
        for (const act of acts) await follower.follow(act);
      });
      taken.push(...acts.filter((it) => it.kind === 'picture').map((it) => `${it.words[0]}.png`));
    }
  }

  await trip.step('every picture of the guides is one of theirs, taken once', async () => {
    assert.deepEqual((await readdir(PICTURES)).sort(), taken.sort());
  });
};
