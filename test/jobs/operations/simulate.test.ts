import { describe, expect, it } from 'vitest';
import { simulateDoctor } from '../../../src/jobs/operations/simulate/simulate-doctor.js';
import { simulateFiles } from '../../../src/jobs/operations/simulate/simulate-files.js';
import { simulateMask } from '../../../src/jobs/operations/simulate/simulate-mask.js';
import { simulateReport } from '../../../src/jobs/operations/simulate/simulate-report.js';
import { simulateSeal } from '../../../src/jobs/operations/simulate/simulate-seal.js';
import { operationCases } from '../../support/operation-cases.js';

interface Case {
  readonly id: string;
  readonly input: { readonly kind: string };
  readonly expected: Readonly<Record<string, unknown>>;
}

const SIMULATED: Readonly<Record<string, (input: unknown) => object>> = {
  files: simulateFiles,
  mask: simulateMask,
  seal: simulateSeal,
  doctor: simulateDoctor,
  report: simulateReport,
};
const CASES = operationCases<Case>('O-').filter(({ input }) => input.kind in SIMULATED);

describe.skipIf(CASES.length === 0)('worked cases', () => {
  it.each(CASES)('$id', ({ input, expected }) => {
    const answer = answerOf(input);
    for (const [key, value] of Object.entries(expected)) {
      expect(answer, key).toHaveProperty(key);
      if (key === 'error') expect(answer).toMatchObject({ error: value });
      else expect(Reflect.get(answer, key), key).toEqual(value);
    }
  });
});

function answerOf(input: object): object {
  try {
    return SIMULATED[String(Reflect.get(input, 'kind'))]!(input);
  } catch (error) {
    return { error };
  }
}

const KEY = '00'.repeat(32);
const FILES = { kind: 'files', rules: [], open_date: '2026-03-31', scans: [] };
const RULE = { file: 'a', name: 'a-{date}' };
const rules = (...more: object[]) => ({
  ...FILES,
  rules: more.map((own) => ({ ...RULE, ...own })),
});
const SEEN = { name: 'a', size: 1, mtime: '1', sha256: 'a' };
const scans = (...each: object[]) => ({ ...FILES, scans: each });
const AT = '2026-03-31T00:00:00Z';
const SEAL = { kind: 'seal', do: 'seal', suite: 'aes', master: KEY, version: 1, context: 'a|b' };
const OPEN = { kind: 'seal', do: 'open', suite: 'aes', master: KEY, context: 'a|b', sealed: '01' };
const LOOK = { kind: 'seal', do: 'lookup', suite: 'sm', master: KEY, field: 'phone', value: '1' };

describe('input is refused', () => {
  it.each<[string, object]>([
    ['files: invalid\n  opendate: unknown key', { ...FILES, opendate: 1 }],
    ['open_date: must be a date', { ...FILES, open_date: '2026-02-30' }],
    ['rules[0].name: must have {yyyymmdd} or {date}, once', rules({ name: 'a' })],
    ['rules[0].name: must have {yyyymmdd} or {date}, once', rules({ name: '{date}{date}' })],
    ['rules[0].name: must have no other places', rules({ name: 'a-{date}-{x}' })],
    ['rules[0].name: must have no other places', rules({ name: 'a-{date}}' })],
    ['rules[0].name: must be a name, without a folder', rules({ name: 'x/{date}' })],
    ['rules[0].name: must be no name of a transfer', rules({ name: '{date}.part' })],
    ['rules[0].control: must be an ending', rules({ control: '.tmp' })],
    ['rules[0].settle: must be a time such as 90s', rules({ settle: '60' })],
    ['rules[0].by: must be a wall time, HH:MM', rules({ by: '24:00' })],
    ['rules[0].after_days: must be a whole number, 0 to 7', rules({ after_days: 8 })],
    ['rules[0].on.month_day[0]: must be 1 to 31', rules({ on: { month_day: [0] } })],
    ['rules[0].on.weekdays[0]: must be one of mon', rules({ on: { weekdays: ['x'] } })],
    ['rules[0].on.hours: unknown key', rules({ on: { hours: 1 } })],
    ['rules[1].file: is the code of an earlier rule', rules({}, {})],
    ['scans[0].at: must be an instant in UTC', scans({ at: '2026-03-31T24:00:00Z', files: [] })],
    ['scans[1].at: must be after', scans({ at: AT, files: [] }, { at: AT, files: [] })],
    ['scans[0].files[1].name: is there twice', scans({ at: AT, files: [SEEN, SEEN] })],
    ['scans[0].files[0].size: must be', scans({ at: AT, files: [{ ...SEEN, size: -1 }] })],
    ['known[0].date: is required', { ...FILES, known: [{ name: 'a', sha256: 'b' }] }],
    ['calendar.holidays: must be a list', { ...FILES, calendar: { holidays: 1 } }],
    [
      'open_date: the calendar does not hold 2026',
      {
        ...rules({ by: '00:00', on: { working: true } }),
        calendar: { years: [2025] },
        scans: [{ at: '2026-04-02T00:00:00Z', files: [] }],
      },
    ],
    [
      'items[1].value: must be text',
      { kind: 'mask', items: [{ field: 'a', value: '' }, { field: 'a' }] },
    ],
    [
      'items[0].field: must be text, not empty',
      { kind: 'mask', items: [{ field: ' ', value: '' }] },
    ],
    ['do: must be one of seal, open, lookup', { kind: 'seal', do: 'x' }],
    [
      'master: must be 64 hexadecimal digits',
      { ...SEAL, master: `${KEY}0`, nonce: '00', text: '' },
    ],
    ['nonce: must be 24 hexadecimal digits', { ...SEAL, nonce: '00', text: '' }],
    ['nonce: must be 32 hexadecimal digits', { ...SEAL, suite: 'sm', nonce: '00', text: '' }],
    ['version: must be a whole number, 1 to 65535', { ...SEAL, version: 0, nonce: '00', text: '' }],
    ['text: must be text', { ...SEAL, nonce: '00'.repeat(12), text: 1 }],
    ['sealed: must be pairs of hexadecimal digits', { ...OPEN, sealed: '0' }],
    ['sealed: Sealed bytes do not open', OPEN],
    ['suite: must be one of aes, sm', { ...OPEN, suite: 'des' }],
    ['field: must be one of id_number, phone', { ...LOOK, field: 'email' }],
    ['value: must be more than separators', { ...LOOK, value: '- -' }],
  ])('%s', (message, input) => {
    expect(answerOf(input)).toMatchObject({
      error: { message: expect.stringContaining(message), exitCode: 2 },
    });
  });

  it('without a key or a clear value in what is said', () => {
    const clear = { ...SEAL, master: 'abcdef', nonce: '00', text: ['13800138000'] };
    const said = answerOf(clear) as { error: Error };
    expect(said.error.message).not.toMatch(/abcdef|138/);
  });
});

it('sealed text opens to the character, with either suite', () => {
  for (const [suite, nonce] of [
    ['aes', '01'.repeat(12)] as const,
    ['sm', '02'.repeat(16)] as const,
  ]) {
    const text = '\ufeff王小二 13800138000';
    const { sealed } = answerOf({ ...SEAL, suite, nonce, text }) as { sealed: string };
    expect(answerOf({ ...OPEN, suite, sealed })).toEqual({ text });
    expect(answerOf({ ...OPEN, suite, sealed, context: 'a|c' })).toMatchObject({
      error: { code: 'not_authentic' },
    });
  }
});
