import { afterAll, beforeAll, expect, it } from 'vitest';
import { environmentOf } from '../../support/command-line.js';
import { type NightBook, nightBook, sh } from '../plan/night-book.js';
import { look, told } from './look.js';

let book: NightBook;
beforeAll(async () => {
  book = await nightBook();
});
afterAll(() => book.remove());

const state = async () => {
  const env = environmentOf(book.database.target);
  return told(await look({ env, bookFolder: book.folder }), 'scheduler');
};

it('a scheduler is asked for once a plan is there, and has looked in the last three minutes', async () => {
  expect(await state()).toBe('scheduler ok');
  const plan = await book.plan([sh('a', 'true')]);
  expect(await state()).toBe('scheduler fail');
  // A timer looks too.
  expect(await book.run(`night run ${plan} --due`)).toMatchObject({ exit: 0 });
  expect(await state()).toBe('scheduler ok');
  const ago = (seconds: number) =>
    book.asOwner(`UPDATE scheduler_look
      SET looked_at = clock_timestamp() - make_interval(secs => ${seconds})`);
  await ago(181);
  expect(await state()).toBe('scheduler fail');
  await ago(175);
  expect(await state()).toBe('scheduler ok');
  // A run by hand is no look.
  await ago(181);
  expect(await book.run(`night run ${plan}`)).toMatchObject({ exit: 0 });
  expect(await state()).toBe('scheduler fail');
});
