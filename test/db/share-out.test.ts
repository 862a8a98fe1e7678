import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { shareOut } from '../../src/db/share-out.js';

it('gives the results in the order of the items, whoever is first', async () => {
  const waits = [30, 1, 10, 1];
  const work = (_lane: number, ms: number) => sleep(ms, ms * 2);
  expect(await shareOut([1, 2], waits, work)).toEqual([60, 2, 20, 2]);
});

it('waits for what is under way before it tells of a failure, and begins nothing more', async () => {
  const ended: number[] = [];
  const begun: number[] = [];
  const work = async (_lane: number, item: number) => {
    begun.push(item);
    if (item === 1) throw new Error('first');
    await sleep(20);
    ended.push(item);
    if (item === 2) throw new Error('second');
  };
  await expect(shareOut([1, 2, 3], [1, 2, 3, 4, 5], work)).rejects.toThrow('first');
  expect(ended).toEqual([2, 3]);
  expect(begun).toEqual([1, 2, 3]);
});
