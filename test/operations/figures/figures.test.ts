import { describe, expect, it } from 'vitest';
import { simulateReport } from '../../../src/jobs/operations/simulate/simulate-report.js';

const DAY = '2026-03-31';
let number = 0;

interface Figures {
  readonly figures: Readonly<Record<string, unknown>> & {
    readonly entry: Readonly<Record<string, unknown>>;
    readonly recovery: Readonly<Record<string, unknown>>;
    readonly fpd: readonly Readonly<Record<string, unknown>>[];
  };
  readonly red: readonly string[];
}

function loan(more: object = {}): object {
  number += 1;
  return {
    loan_no: `L${number}`,
    disbursed_on: '2026-01-01',
    disbursed: '20000.00',
    status: 'normal',
    classification: 'normal',
    principal: '0.00',
    days_past_due: 0,
    status_before: 'normal',
    principal_before: '0.00',
    days_past_due_before: 0,
    instalments: [],
    ...more,
  };
}

function instalment(more: object = {}): object {
  return { seq: 2, due_on: DAY, free_until: DAY, due: '20000.00', ...more };
}

function report(loans: readonly object[], more: object = {}): Figures {
  return simulateReport({
    kind: 'report',
    date: DAY,
    allowance: '0.00',
    loans,
    ...more,
  }) as Figures;
}

const paid = (amount: string, on = DAY) => [{ on, amount }];
const times = (count: number, of: () => object) => Array.from({ length: count }, of);
/** A first instalment that is decided today, one day behind its due date. */
const first = (more: object = {}) =>
  instalment({ seq: 1, due_on: '2026-03-30', free_until: '2026-03-30', ...more });

/** 0.01 of 20,000.00 is half a millionth; 1 of 128 is 0.0078125. Of 20,000.01 it is less. */
describe('half a millionth is rounded up, and less is not', () => {
  it.each<[string, string, string, (total: string) => [loans: object[], more?: object]]>([
    [
      'overdue_rate',
      '0.000001',
      '0.000000',
      (total) => [[loan({ principal: '0.01', days_past_due: 1 }), loan({ principal: total })]],
    ],
    [
      'npl_rate',
      '0.000001',
      '0.000000',
      (total) => [
        [loan({ principal: '0.01', classification: 'loss' }), loan({ principal: total })],
      ],
    ],
    [
      'coverage',
      '0.000001',
      '0.000000',
      (total) => [
        [
          loan({ principal: '0.01', classification: 'doubtful' }),
          loan({ principal: total, classification: 'substandard' }),
        ],
        { allowance: '0.01' },
      ],
    ],
    [
      'provision_ratio',
      '0.000001',
      '0.000000',
      (total) => [[loan({ principal: '0.01' }), loan({ principal: total })], { allowance: '0.01' }],
    ],
  ])('%s', (rate, half, less, of) => {
    expect(report(...of('19999.99')).figures[rate]).toBe(half);
    expect(report(...of('20000.00')).figures[rate]).toBe(less);
  });

  it('entry rate', () => {
    const of = (due: string, amount: string) =>
      report([loan({ instalments: [instalment({ due, paid: paid(amount) })] })]).figures.entry;
    expect(of('20000.00', '19999.99')).toMatchObject({ open: '0.01', rate: '0.000001' });
    expect(of('20000.01', '20000.00')).toMatchObject({ open: '0.01', rate: '0.000000' });
  });

  it('entry rate by count', () => {
    const of = (all: number) =>
      report([
        loan({ instalments: [instalment()] }),
        ...times(all - 1, () => loan({ instalments: [instalment({ paid: paid('20000.00') })] })),
      ]).figures.entry.count_rate;
    expect(of(128)).toBe('0.007813');
    // 1 / 384 = 0.002604166...
    expect(of(384)).toBe('0.002604');
  });

  it('recovery rate', () => {
    const of = (due: string) =>
      report([
        loan({
          instalments: [
            instalment({ due, free_until: '2026-03-30', due_on: '2026-03-30', paid: paid('0.01') }),
          ],
        }),
      ]).figures.recovery;
    expect(of('20000.00')).toMatchObject({ collected: '0.01', rate: '0.000001' });
    expect(of('20000.01')).toMatchObject({ collected: '0.01', rate: '0.000000' });
  });

  it('first payments, by count and by amount', () => {
    const of = (all: number, disbursed: string) =>
      report([
        loan({ disbursed: '0.01', instalments: [first({ paid: paid('19999.99') })] }),
        ...times(all - 1, () =>
          loan({ disbursed, instalments: [first({ paid: paid('20000.00') })] }),
        ),
      ]).figures.fpd[0];
    expect(of(128, '1.00')).toMatchObject({ loans: 128, bad: 1, rate: '0.007813' });
    expect(of(2, '19999.99')).toMatchObject({ rate: '0.500000', amount_rate: '0.000001' });
    expect(of(2, '20000.00')).toMatchObject({ rate: '0.500000', amount_rate: '0.000000' });
  });

  it('over nothing is no rate', () => {
    const { figures } = report([]);
    expect(figures).toMatchObject({
      entry: { rate: null, count_rate: null },
      recovery: { rate: null },
      fpd: [1, 7, 30].map((days) => ({ days, rate: null, amount_rate: null })),
      overdue_rate: null,
      npl_rate: null,
      coverage: null,
      provision_ratio: null,
    });
  });
});

describe('edges of days', () => {
  it('a first instalment is decided in the 30 days up to today', () => {
    const of = (due_on: string, free_until = due_on) =>
      report([loan({ instalments: [first({ due_on, free_until })] })]).figures.fpd[0]!.loans;
    // Decided a day later: on 03-01, outside, and on 03-02, the first of the 30 days.
    expect([of('2026-02-28'), of('2026-03-01'), of('2026-03-30'), of('2026-03-31')]).toEqual([
      0, 1, 1, 0,
    ]);
    expect(of('2026-02-20', '2026-03-02')).toBe(1);
  });

  it('money of the days before and after is not of today', () => {
    const rows = [...paid('1.00', '2026-03-30'), ...paid('2.00'), ...paid('4.00', '2026-04-01')];
    const { figures } = report([loan({ instalments: [instalment({ due: '10.00', paid: rows })] })]);
    expect(figures).toMatchObject({ repaid: '2.00', due: '10.00', entry: { open: '7.00' } });
  });

  it.each([
    [0, 'M0'],
    [1, 'M1'],
    [30, 'M1'],
    [31, 'M2'],
    [180, 'M6'],
    [181, 'M7'],
    [900, 'M7'],
  ])('%d days past due are %s', (days_past_due, bucket) => {
    const { figures } = report([loan({ principal: '1.00', days_past_due })]);
    const buckets = figures.buckets as { bucket: string; loans: number }[];
    expect(buckets.filter(({ loans }) => loans > 0).map((row) => row.bucket)).toEqual([bucket]);
  });

  it('moves go by the principal of yesterday, buckets first, then off the book', () => {
    const before = { principal_before: '5.00', days_past_due_before: 31 };
    const { figures } = report([
      loan({ ...before, status: 'written_off' }),
      loan({ ...before, status: 'settled' }),
      loan({ ...before, status: 'overdue', principal: '3.00', days_past_due: 181 }),
      loan({ ...before, status: 'normal', principal: '4.00' }),
      loan({ ...before, status: 'normal', principal: '4.00' }),
    ]);
    expect(figures.moves).toEqual([
      { from: 'M2', to: 'M0', loans: 2, principal: '10.00' },
      { from: 'M2', to: 'M7', loans: 1, principal: '5.00' },
      { from: 'M2', to: 'settled', loans: 1, principal: '5.00' },
      { from: 'M2', to: 'written_off', loans: 1, principal: '5.00' },
    ]);
  });

  it('sums stay exact above safe integers', () => {
    const large = { principal: '90071992547409.91' };
    expect(report([loan(large), loan(large), loan(large)]).figures.outstanding).toBe(
      '270215977642229.73',
    );
  });
});

describe('the red list', () => {
  const loans = [
    loan({ principal: '75.00' }),
    loan({ principal: '25.00', classification: 'loss' }),
  ];

  it.each<[object, string[]]>([
    [{ figure: 'npl_rate', above: '0.25' }, []],
    [{ figure: 'npl_rate', above: '0.2499999999' }, ['limit:npl_rate']],
    [{ figure: 'npl_rate', below: '0.25' }, []],
    [{ figure: 'npl_rate', below: '0.2500000001' }, ['limit:npl_rate']],
    [{ figure: 'npl_rate', above: '0.3', below: '0.26' }, ['limit:npl_rate']],
    [{ figure: 'npl', above: '24.99' }, ['limit:npl']],
    [{ figure: 'outstanding', below: '100' }, []],
    // Over nothing there is no rate, so none that is passed.
    [{ figure: 'fpd1', below: '1' }, []],
  ])('%j', (limit, red) => {
    expect(report(loans, { limits: [limit] }).red).toEqual(red);
  });

  it('is empty after a good night', () => {
    expect(report(loans, { checks: [{ check: 'a', ok: true }] }).red).toEqual([]);
  });
});

describe('input is refused', () => {
  it.each<[string, readonly object[], object]>([
    ['loans[0].principal: must be an amount', [loan({ principal: '1.001' })], {}],
    ['loans[0].principal: must be an amount', [loan({ principal: '-1.00' })], {}],
    ['loans[0].status: must be one of normal', [loan({ status: 'new' })], {}],
    ['loans[1].loan_no: is there twice', [loan({ loan_no: 'a' }), loan({ loan_no: 'a' })], {}],
    [
      'instalments[1].seq: is there twice',
      [loan({ instalments: [instalment(), instalment()] })],
      {},
    ],
    [
      'free_until: must not be before',
      [loan({ instalments: [instalment({ free_until: '2026-03-30' })] })],
      {},
    ],
    ['limits[0]: must have above or below', [], { limits: [{ figure: 'npl' }] }],
    ['limits[0].figure: must be one of loans', [], { limits: [{ figure: 'x', above: '1' }] }],
    ['sealed: must be true or false', [], { sealed: 'no' }],
    ['lones: unknown key', [], { lones: [] }],
  ])('%s', (message, loans, more) => {
    expect(() => report(loans, more)).toThrow(message);
  });
});
