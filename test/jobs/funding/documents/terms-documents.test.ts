import { describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { readDocumentText } from '../../../../src/documents/read-text.js';
import { cardLimits } from '../../../../src/funding/terms/deduction.js';
import { deductionFromValue } from '../../../../src/jobs/funding/documents/deduction-document.js';
import {
  guaranteeFeeSchema,
  guaranteeFromValue,
  guaranteeJsonSchema,
  guaranteeTerms,
  guaranteeTermsSchema,
} from '../../../../src/jobs/funding/documents/guarantee-document.js';
import {
  merchantFromValue,
  merchantJsonSchema,
} from '../../../../src/jobs/funding/documents/merchant-document.js';
import {
  partnerFromValue,
  partnerJsonSchema,
} from '../../../../src/jobs/funding/documents/partner-document.js';

const source = { name: 'x.yaml' };
const of = <T>(read: (value: unknown, source: { name: string }, digits?: number) => T) => {
  return (text: string, digits?: number) => read(readDocumentText(text, 'x.yaml'), source, digits);
};
const partner = of(partnerFromValue);
const guarantee = of(guaranteeFromValue);
const merchant = of(merchantFromValue);
const channel = of(deductionFromValue);

describe('what is left out has its default', () => {
  it('of a partner, whose group is itself', () => {
    expect(partner('code: P1').document).toEqual({
      ...{ code: 'P1', version: 1, effective_from: '1970-01-01', group: 'P1' },
      ...{ role: 'participant', authority: 'ours', tolerance: 0, cross_days: 2 },
      settlement: { days: 1, minimum: '0.00', net: true, month_end: true, dark: [] },
      layouts: {},
    });
  });

  it('of a guarantee, which has no fee, no cap and compensates nothing', () => {
    expect(guarantee('{code: G, guarantor: G1}').document).toEqual({
      ...{ code: 'G', version: 1, effective_from: '1970-01-01', guarantor: 'G1' },
      ...{ covers: ['principal', 'interest'], after_days: null, recovery_order: 'oldest_first' },
      buy_back: { after_days: null, in_row: null, in_all: null, interest_to: 'none' },
      ...{ cap: null, fee: null },
    });
    const given = guarantee('{code: G, guarantor: G1, cap: {rate: 0.05}, fee: {rate: 0.03}}');
    expect(given.document.cap).toEqual({
      ...{ rate: '0.05', disbursed: null, used: '0.00', restored_by_recovery: false },
    });
    expect(given.document.fee).toEqual({
      ...{ base: 'balance', rate: '0.03', collected: 'per_instalment', refund: 'none' },
    });
  });

  it('of a merchant', () => {
    expect(merchant('code: M1').document).toEqual({
      ...{ code: 'M1', version: 1, effective_from: '1970-01-01', days: 1, minimum: '0.00' },
      fee: { rate: '0', min: null, max: null, on_refund: 'keep' },
      subsidy: { share: '0' },
      hold_back: { rate: '0', release_days: 0 },
      receivable_after_days: 7,
    });
  });

  it('of a channel that collects', () => {
    expect(channel('code: CP')).toEqual({
      ...{ code: 'CP', singleFen: null, dailyFen: null, banks: new Map(), minimumFen: 1 },
      ...{ partial: false, maxAttempts: 3, batchMax: null, codes: new Map() },
      words: new Map([
        ['S', 'success'],
        ['F', 'failed'],
        ['P', 'unknown'],
      ]),
    });
  });
});

describe('what is written is read', () => {
  it('of a partner', () => {
    const text = `{code: P1, version: 3, effective_from: 2026-04-01, group: BIG, role: buyer,
      authority: theirs, tolerance: 2, cross_days: 1, layouts: {snapshot: P1-SNAP},
      settlement: {days: 0, minimum: "100.50", net: false, month_end: false,
        dark: [{from: 2026-02-12, to: 2026-02-24}]}}`;
    expect(partner(text).partner).toEqual({
      ...{ code: 'P1', version: 3, effectiveFrom: parseDay('2026-04-01'), group: 'BIG' },
      ...{ role: 'buyer', authority: 'theirs', tolerance: 2, crossDays: 1 },
      settlement: {
        ...{ days: 0, minimumFen: 10_050, net: false, monthEnd: false },
        dark: [{ from: parseDay('2026-02-12'), to: parseDay('2026-02-24') }],
      },
      layouts: { snapshot: 'P1-SNAP' },
    });
  });

  it('of a guarantee, and of its terms alone', () => {
    const terms = {
      guarantor: 'G1',
      covers: ['penalty'],
      after_days: 8,
      recovery_order: 'lender_first',
      buy_back: { after_days: 90, in_row: 3, in_all: 5, interest_to: 'value_date' },
      cap: { rate: '0.05', disbursed: '20000.00', used: '1.50', restored_by_recovery: true },
      fee: { base: 'principal', rate: '0.01', collected: 'upfront', refund: 'pro_rata' },
    };
    const read = {
      ...{ guarantor: 'G1', covers: ['penalty'], afterDays: 8, recoveryOrder: 'lender_first' },
      buyBack: { afterDays: 90, inRow: 3, inAll: 5, interestTo: 'value_date' },
      cap: {
        ...{ ratePpb: 50_000_000, disbursedFen: 2_000_000, usedFen: 150 },
        restoredByRecovery: true,
      },
      fee: { base: 'principal', ratePpb: 10_000_000, collected: 'upfront', refund: 'pro_rata' },
    };
    expect(guaranteeTerms(guaranteeTermsSchema().parse(terms))).toEqual(read);
    const { guarantee } = guaranteeFromValue({ ...terms, code: 'GA', version: 2 }, source);
    expect(guarantee).toEqual({ ...read, code: 'GA', version: 2, effectiveFrom: 0 });
    expect(guaranteeFeeSchema.safeParse({ base: 'balance' }).success).toBe(false);
  });

  it('of a merchant', () => {
    const text = `{code: M1, days: 2, minimum: 1, fee: {rate: 0.01, min: "2.00", max: "9.50",
      on_refund: pro_rata}, subsidy: {share: 0.5}, hold_back: {rate: 0.1, release_days: 30},
      receivable_after_days: 5}`;
    expect(merchant(text).merchant).toEqual({
      ...{ code: 'M1', version: 1, effectiveFrom: 0, days: 2, minimumFen: 100 },
      fee: { ratePpb: 10_000_000, minFen: 200, maxFen: 950, onRefund: 'pro_rata' },
      ...{ subsidySharePpb: 500_000_000, holdBackPpb: 100_000_000, holdBackReleaseDays: 30 },
      receivableAfterDays: 5,
    });
  });

  it('of a channel: a bank that says nothing of a limit has that of the channel', () => {
    const read = channel(`{code: CP, single: "5000.00", daily: 9000, minimum: "1.00",
      banks: {CMB: {single: "2000.00"}}, partial: true, max_attempts: 2, batch_max: 2,
      words: {OK: success}, codes: {"51": insufficient, 61: limit}}`);
    expect(cardLimits(read, 'CMB')).toEqual({ singleFen: 200_000, dailyFen: 900_000 });
    expect(cardLimits(read, 'ICBC')).toEqual({ singleFen: 500_000, dailyFen: 900_000 });
    expect(read).toMatchObject({ minimumFen: 100, partial: true, maxAttempts: 2, batchMax: 2 });
    expect([...read.words]).toEqual([['OK', 'success']]);
    expect([...read.codes]).toEqual([
      ['51', 'insufficient'],
      ['61', 'limit'],
    ]);
  });

  it('in a currency of other decimals than two', () => {
    expect(partner('code: P1', 0).document.settlement.minimum).toBe('0');
    expect(() => partner('{code: P1, settlement: {minimum: "0.50"}}', 0)).toThrow(
      'settlement.minimum: must be an amount, not negative, of at most 0 decimals; got 0.50',
    );
    expect(channel('code: CP', 3).minimumFen).toBe(1);
    expect(merchant('{code: M, minimum: "0.001"}', 3).merchant.minimumFen).toBe(1);
  });
});

it.each([
  [partner, 'version: 1', 'code: is required'],
  [partner, '{code: P1, colour: red}', 'colour: unknown key'],
  [partner, '{code: P1, settlement: {day: 1}}', 'settlement.day: unknown key'],
  [partner, '{code: P1, version: 0}', 'version: must be a whole number, 1 or more; got 0'],
  [partner, '{code: P1, role: friend}', 'role: must be one of participant, lead, guarantor'],
  [partner, '{code: P1, authority: mine}', 'authority: must be one of ours, theirs; got mine'],
  [partner, '{code: P1, tolerance: "0.5"}', 'tolerance: must be a whole number'],
  [partner, '{code: P1, layouts: {colours: X}}', 'layouts.colours'],
  [
    partner,
    '{code: P1, settlement: {dark: [{from: 2026-02-02, to: 2026-02-01}]}}',
    'settlement.dark[0].to: must not be before `from`',
  ],
  [guarantee, 'code: G', 'guarantor: is required'],
  [guarantee, '{code: G, guarantor: G1, covers: []}', 'covers: must name one at least'],
  [guarantee, '{code: G, guarantor: G1, covers: [fee]}', 'covers[0]: must be one of'],
  [guarantee, '{code: G, guarantor: G1, cap: {}}', 'cap.rate: is required'],
  [guarantee, '{code: G, guarantor: G1, fee: {base: x, rate: 0}}', 'fee.base: must be one of'],
  [guarantee, '{code: G, guarantor: G1, buy_back: {in_row: 0}}', 'buy_back.in_row: must be'],
  [guarantee, '{code: G, guarantor: G1, buy_back: {x: 1}}', 'buy_back.x: unknown key'],
  [merchant, '{code: M, fee: {rate: "1.01"}}', 'fee.rate: must not be above 1; got 1.01'],
  [merchant, '{code: M, fee: {min: 3, max: 2}}', 'fee.max: must not be below fee.min'],
  [merchant, '{code: M, subsidy: {share: 2}}', 'subsidy.share: must not be above 1; got 2'],
  [merchant, '{code: M, hold_back: {rate: 2}}', 'hold_back.rate: must not be above 1; got 2'],
  [merchant, '{code: M, hold_back: {days: 2}}', 'hold_back.days: unknown key'],
  [channel, '{code: C, words: {S: maybe}}', 'words.S: must be one of success, failed, unknown'],
  [channel, '{code: C, codes: {"5": poor}}', 'codes.5: must be one of insufficient, limit'],
  [channel, '{code: C, banks: {CMB: {single: 0}}}', 'banks.CMB.single: must be an amount, above 0'],
  [channel, '{code: C, banks: {CMB: {x: 0}}}', 'banks.CMB.x: unknown key'],
  [channel, '{code: C, max_attempts: 0}', 'max_attempts: must be a whole number, 1 or more'],
])('refuses %#: %s', (read, text, message) => {
  expect(() => (read as (text: string) => unknown)(text)).toThrow(message);
});

it('says its keys as JSON Schema', () => {
  for (const [schema, keys] of [
    [partnerJsonSchema(), ['code', 'group', 'settlement', 'layouts']],
    [guaranteeJsonSchema(), ['guarantor', 'covers', 'buy_back', 'cap', 'fee']],
    [merchantJsonSchema(), ['fee', 'subsidy', 'hold_back', 'receivable_after_days']],
  ] as const) {
    expect(Object.keys(schema.properties as object)).toEqual(expect.arrayContaining([...keys]));
  }
});
