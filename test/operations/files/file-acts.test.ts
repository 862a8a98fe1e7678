import { describe, expect, it } from 'vitest';
import { endFile, releaseFile, takeFile } from '../../../src/operations/files/file-acts.js';
import { filesToRead } from '../../../src/operations/files/scan-files.js';
import { look, OPEN_DATE, rulesOf, seen, states } from './files-under-hand.js';

const RULES = rulesOf({ file: 'repay', name: 'r-{yyyymmdd}-{n}.csv' });
const ONE = 'r-20260331-1.csv';
const TWO = 'r-20260331-2.csv';

describe('a file that is taken', () => {
  const ready = look(RULES, [], [seen(ONE, 'a')], 0, 60);

  it('is taken once', () => {
    const taken = takeFile(ready, ONE, 61);
    expect(states(taken)).toEqual([`${ONE} taken`]);
    expect(() => takeFile(taken, ONE, 62)).toThrow('not_ready');
    expect(states(endFile(taken, 'a', { state: 'done', at: 63 }))).toEqual([`${ONE} done`]);
    expect(() => endFile(ready, 'a', { state: 'done', at: 63 })).toThrow('not_taken');
  });

  it('uses up its name and its content, rejected or not', () => {
    const ended = endFile(takeFile(ready, ONE, 61), 'a', { state: 'rejected', at: 62 });
    const again = look(RULES, ended, [seen(ONE, 'b'), seen(TWO, 'a')], 100, 160);
    expect(states(again)).toEqual([
      `${ONE} rejected`,
      `${ONE} quarantined name_reused`,
      `${TWO} duplicate ${ONE}`,
    ]);
  });
});

describe('a file that was ready', () => {
  const ready = look(RULES, [], [seen(ONE, 'a')], 0, 60);

  it('is held when it has other content, at once where size and time say nothing', () => {
    const silent = look(RULES, ready, [seen(ONE, 'b', { mtime: 'a' })], 70);
    expect(states(silent)).toEqual([`${ONE} quarantined changed_after_ready`]);
    const loud = look(RULES, ready, [seen(ONE, 'b')], 70);
    expect(states(loud)).toEqual([`${ONE} growing`]);
    const settled = look(RULES, loud, [seen(ONE, 'b')], 130);
    expect(states(settled)).toEqual([`${ONE} quarantined changed_after_ready`]);
  });

  it('is ready again when only its time was touched', () => {
    const touched = look(RULES, ready, [seen(ONE, 'a', { mtime: 'x' })], 70, 130);
    expect(touched).toMatchObject([{ state: 'ready', since: 130_000 }]);
  });

  it('is held when it vanished and came back with other content', () => {
    const gone = look(RULES, ready, [], 70);
    expect(states(gone)).toEqual([`${ONE} gone`]);
    expect(states(look(RULES, gone, [seen(ONE, 'a')], 80, 140))).toEqual([`${ONE} ready`]);
    const other = look(RULES, gone, [seen(ONE, 'b')], 80, 140);
    expect(states(other)).toEqual([`${ONE} quarantined changed_after_ready`]);
  });
});

describe('quarantine', () => {
  const ready = look(RULES, [], [seen(ONE, 'a')], 0, 60);
  const held = look(RULES, ready, [seen(ONE, 'b')], 70, 130);

  it('is left by a release alone, and for the content that was released', () => {
    expect(states(look(RULES, held, [seen(ONE, 'a')], 140, 200))).toEqual([
      `${ONE} quarantined changed_after_ready`,
    ]);
    const released = releaseFile(held, ONE);
    expect(states(look(RULES, released, [seen(ONE, 'b')], 140))).toEqual([`${ONE} ready`]);
    const other = look(RULES, released, [seen(ONE, 'c')], 140, 200, 260);
    expect(states(other)).toEqual([`${ONE} quarantined changed_after_ready`]);
    expect(() => releaseFile(ready, ONE)).toThrow('not_quarantined');
  });
});

describe('a rule whose files repeat', () => {
  const repeats = rulesOf({ file: 'repay', name: 'r-{yyyymmdd}-{n}.csv', repeats: true });

  it('takes equal bytes under another name, and no name twice', () => {
    const both = look(repeats, [], [seen(ONE, 'a'), seen(TWO, 'a')], 0, 60);
    expect(states(both)).toEqual([`${ONE} ready`, `${TWO} ready`]);
    const taken = takeFile(both, ONE, 61);
    const again = look(repeats, taken, [seen(ONE, 'a'), seen(TWO, 'a')], 70, 130);
    expect(states(again)).toEqual([`${ONE} taken`, `${ONE} duplicate ${ONE}`, `${TWO} ready`]);
  });
});

describe('a control file', () => {
  const rules = rulesOf({ file: 'bank', name: 'b-{date}.txt', control: '.ok' });
  const data = seen('b-2026-03-31.txt', 'a');
  const control = (says: object) => seen('b-2026-03-31.txt.ok', 'k', { says });

  it.each([
    [{}, 'ready'],
    [{ size: 10 }, 'ready'],
    [{ size: 11 }, 'growing'],
    [{ size: 9 }, 'quarantined control_differs'],
    [{ size: 10, sha256: 'b' }, 'quarantined control_differs'],
    [{ sha256: 'a' }, 'ready'],
  ])('that says %j makes it %s', (says, state) => {
    const rows = look(rules, [], [data, control(says)], 0, 60);
    expect(states(rows)).toEqual([`b-2026-03-31.txt ${state}`]);
  });

  it('is waited for, and may come alone', () => {
    expect(states(look(rules, [], [data], 0, 60))).toEqual(['b-2026-03-31.txt waiting_control']);
    expect(states(look(rules, [], [control({})], 0))).toEqual(['b-2026-03-31.txt.ok lone_control']);
    const empty = seen('b-2026-03-31.txt', 'e', { size: 0 });
    expect(states(look(rules, [], [empty], 0, 60))).toEqual(['b-2026-03-31.txt growing']);
    expect(states(look(rules, [], [empty, control({ size: 0 })], 0, 60))).toEqual([
      'b-2026-03-31.txt ready',
    ]);
  });
});

it('leaves the row of a file of no rule as it is while the file is', () => {
  const first = look(RULES, [], [seen('none.csv', 'c')], 0);
  expect(look(RULES, first, [seen('none.csv', 'c')], 60)).toEqual(first);
  const other = look(RULES, first, [seen('none.csv', 'd')], 60);
  expect(other).toMatchObject([{ since: 0, unchangedSince: 60_000 }]);
});

it('reads what has settled and is not known, and nothing else', () => {
  const files = [seen(ONE, 'a', { sha256: null }), seen('.x', 'b'), seen('none.csv', 'c')];
  const scan = (second: number) => ({ at: second * 1000, openDate: OPEN_DATE, files });
  const first = look(RULES, [], files, 0);
  expect(filesToRead(RULES, [], scan(0))).toEqual([]);
  expect(filesToRead(RULES, first, scan(59))).toEqual([]);
  expect(filesToRead(RULES, first, scan(60))).toEqual([ONE]);
  const ready = look(RULES, first, [seen(ONE, 'a')], 60);
  expect(filesToRead(RULES, ready, scan(90))).toEqual([]);
  // Known by its size and time, it need not be read again.
  expect(states(look(RULES, ready, files, 90))).toContain(`${ONE} ready`);
});
