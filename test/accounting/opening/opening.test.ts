import { describe, expect, it } from 'vitest';
import { simulateLoan } from '../../../src/accounting/simulate/simulate.js';
import { simulationReader } from '../../../src/jobs/simulate/documents/simulate-document.js';
import { PACKAGED_LEDGER } from '../../histories/packaged-ledger.js';
import { A1_LOAN, type Scenario, scenarioInput, simulated } from '../simulate/simulation.js';

/**
 * The loan of A1 at the close of 2026-04-20, by hand. 10,000.00 at 1.5% a month, 916.80 each: rows
 * of 766.80 + 150.00, 778.30 + 138.50, 789.98 + 126.82, 801.83 + 114.97 ... 7,664.92 are left behind
 * the third. The first two are paid, the third half: 389.98 and 26.82 are open of it. Its penalty
 * at 27% a year since 15 April: six nights of 389.98 x 0.27 / 360 = 0.292485 are 1.75.
 */
const OPENING = {
  cut_over_on: '2026-04-20',
  principal_not_due: '7664.92',
  // Six nights of 7,664.92 x 0.18 / 360 = 3.83246: 22.99.
  interest_accrued: '22.99',
  suspense: '5.00',
  periods_paid: 2,
  installments: [
    { seq: 3, due_on: '2026-04-15', principal: '389.98', interest: '26.82', penalty: '1.75' },
  ],
};
const PRODUCT = { repayment: { method: 'level_payment' }, penalty: { rate: { annual: '0.27' } } };
const opened = (more: object = {}, rest: Partial<Scenario> = {}): Scenario => ({
  product: PRODUCT,
  loan: A1_LOAN,
  ...rest,
  ...{ opening: { ...OPENING, ...more } },
});

function refusal(scenario: Scenario): string {
  try {
    simulateLoan(scenarioInput(scenario));
  } catch (error) {
    const { code, evidence } = error as { code: string; evidence: Record<string, unknown> };
    return `${code}: ${String(evidence.key)}`;
  }
  return '';
}

describe('a loan that comes with a position', () => {
  it('goes on from it: no day before is computed', () => {
    const { daily, position } = simulated(opened({}, { through: '2026-04-22' }));
    // Seven nights are 26.82722, so that the seventh adds 3.84; eight 30.65968. The penalty goes on
    // from 1.75: 2.042485 and 2.33497.
    expect(daily).toEqual([
      { business_date: '2026-04-21', interest: '3.84', penalty: '0.29', compound: '0.00' },
      { business_date: '2026-04-22', interest: '3.83', penalty: '0.29', compound: '0.00' },
    ]);
    expect(position).toMatchObject({
      status: 'overdue',
      // 7,664.92 + 389.98
      principal: '8054.90',
      principal_overdue: '389.98',
      interest_accrued: '30.66',
      interest_due: '26.82',
      penalty_due: '2.33',
      suspense: '5.00',
      days_past_due: 7,
    });
  });

  it('bears at a due date what the row asks, whatever had been accrued before', () => {
    const { daily, schedule } = simulated(
      opened({ interest_accrued: '0.00' }, { through: '2026-05-15' }),
    );
    expect(schedule[3]).toMatchObject({ seq: 4, principal: '801.83', interest: '114.97' });
    const sum = daily
      .slice(0, -1)
      .reduce((cents, { interest }) => cents + Number(interest) * 100, 0);
    expect(Math.round(sum)).toBe(114_97);
  });

  it('levels at once where no night is left: the row is due on the first day', () => {
    const { daily, position } = simulated(
      opened({ cut_over_on: '2026-05-14', interest_accrued: '100.00' }, { through: '2026-05-15' }),
    );
    // 14.97 of the row, and the night of 6,863.09 x 0.18 / 360 = 3.431545.
    expect(daily).toMatchObject([{ business_date: '2026-05-15', interest: '18.40' }]);
    // Suspense has paid the penalty of 1.75, and 3.25 of 26.82 + 114.97.
    expect(position).toMatchObject({ interest_due: '138.54', suspense: '0.00' });
  });

  it('shows of its instalments what was paid before', () => {
    const { installments } = simulated(opened({}, { through: '2026-04-21' }));
    expect(installments[0]).toMatchObject({
      status: 'paid',
      principal: { due: '766.80', paid: '766.80' },
    });
    expect(installments[2]).toMatchObject({
      status: 'overdue',
      principal: { due: '789.98', paid: '400.00' },
      interest: { due: '126.82', paid: '100.00' },
      penalty: { due: '2.04', paid: '0.00' },
    });
  });

  it('is laid by the product on another balance, over the due dates left', () => {
    const { schedule } = simulated(opened({ principal_not_due: '4500.00' }));
    // 4,500.00 over nine months: 4500 x 0.015 / (1 - 1.015^-9) = 538.24; interest 67.50.
    expect(schedule[3]).toMatchObject({ seq: 4, principal: '470.74', interest: '67.50' });
    expect(schedule).toHaveLength(12);
  });

  it('goes on by the rows that it brings', () => {
    const { schedule } = simulated(
      opened({
        principal_not_due: '4500.00',
        schedule: [
          { seq: 4, due_on: '2026-05-20', principal: '2000.00', interest: '60.00' },
          { seq: 5, due_on: '2026-06-20', principal: '2500.00', interest: '30.00', fee: '8.00' },
        ],
      }),
    );
    expect(schedule.slice(3)).toMatchObject([
      { seq: 4, due_on: '2026-05-20', total: '2060.00', balance_after: '2500.00' },
      { seq: 5, due_on: '2026-06-20', total: '2538.00', balance_after: '0.00' },
    ]);
  });

  it('of a loan that was written off has claims and no balance', () => {
    const { position } = simulated(opened({ written_off: true }, { through: '2026-04-21' }));
    expect(position).toMatchObject({
      status: 'written_off',
      classification: 'loss',
      accruing: false,
      principal: '0.00',
      penalty_due: '0.00',
      suspense: '5.00',
      days_past_due: 6,
    });
  });

  it('is entered by every balance against the opening account', () => {
    const surroundings = { ledger: PACKAGED_LEDGER, findProduct: () => undefined };
    const document = opened({}, { through: '2026-04-20', product: { code: 'TEST', ...PRODUCT } });
    const { journal, daily } = simulateLoan(simulationReader(surroundings)(document, 'test'));
    const lines = journal.map(({ account, debit, credit }) => [account, debit, credit]);
    expect(lines).toEqual([
      ['1303.01', '7664.92', '0.00'],
      // 7,664.92 + 389.98 + 22.99 + 26.82 + 1.75
      ['4901.01', '0.00', '8106.46'],
      ['1303.02', '389.98', '0.00'],
      ['1132.01', '22.99', '0.00'],
      ['1132.02', '26.82', '0.00'],
      ['1132.03', '1.75', '0.00'],
      ['4901.01', '5.00', '0.00'],
      ['2241.01', '0.00', '5.00'],
    ]);
    expect(journal[0]).toMatchObject({ business_date: '2026-04-21', memo: 'opening' });
    expect(daily).toEqual([]);
  });

  it('refuses events of the days before, unless its history came along and meets it', () => {
    const early = { ref: 'R1', type: 'repayment', value_date: '2026-04-20', amount: '10.00' };
    const { rejected } = simulated(opened({}, { events: [early], through: '2026-04-21' }));
    expect(rejected).toEqual([{ ref: 'R1', rule: 'value_date_before_the_book' }]);
    const pay = (ref: string, day: string, amount: string) => ({
      ...{ ref, type: 'repayment', value_date: day, amount },
    });
    // 500.00 of the third: 100.00 interest first, then 400.00 principal; 5.00 come at no due date
    // once nothing is asked, so they are left out here.
    const history = [
      pay('H1', '2026-02-15', '916.80'),
      pay('H2', '2026-03-15', '916.80'),
      { ...pay('H3', '2026-04-15', '500.00') },
    ];
    const whole = { suspense: '0.00', history: true };
    const differing = refusalOf(opened(whole, { events: history, through: '2026-04-21' }));
    // Interest is paid before principal: nothing of it is open.
    expect(differing).toEqual({ key: '3.principal', given: 38998, folded: 41680 });
    const met = {
      ...whole,
      installments: [
        { seq: 3, due_on: '2026-04-15', principal: '416.80', interest: '0.00', penalty: '1.88' },
      ],
    };
    const scenario = opened(met, { events: history, through: '2026-04-21' });
    expect(simulated(scenario).position).toMatchObject({ principal: '8081.72', days_past_due: 6 });
  });

  it.each([
    [{ principal_not_due: '-1.00' }, 'amount_negative: principalNotDue'],
    [{ principal_not_due: '9999.00' }, 'principal_above_loan: principalNotDue'],
    [{ periods_paid: 3 }, 'periods_paid_not_due: periodsPaid'],
    [{ cut_over_on: '2026-01-14', installments: [] }, 'cut_over_before_disbursement: cutOverOn'],
    [
      { installments: [{ seq: 3, due_on: '2026-04-21', principal: '1.00' }] },
      'due_after_cut_over: dueOn',
    ],
    [{ installments: [{ seq: 4, due_on: '2026-04-15', principal: '1.00' }] }, 'seq_not_due: seq'],
    [{ installments: [{ seq: 3, due_on: '2026-04-15' }] }, 'nothing_open: principal'],
    [
      { schedule: [{ seq: 4, due_on: '2026-05-15', principal: '1.00', interest: '0.00' }] },
      'rows_not_principal: principalNotDue',
    ],
    [{ cut_over_on: '2027-01-20', periods_paid: null }, 'principal_without_rows: principalNotDue'],
  ])('is refused where it cannot be of the loan: %j', (more, rule) => {
    expect(refusal(opened(more))).toBe(rule);
  });
});

function refusalOf(scenario: Scenario): unknown {
  try {
    return simulateLoan(scenarioInput(scenario));
  } catch (error) {
    return (error as { evidence: unknown }).evidence;
  }
}

describe('charge_back', () => {
  const bounce = (amount: string, value_date = '2026-04-21') => ({
    ...{ ref: 'B1', type: 'charge_back', value_date, amount },
  });

  it('makes open again what it had paid: the latest first, components against the order', () => {
    // The second asked 778.30 and 138.50: principal comes open before interest. 800.00 are 778.30
    // and 21.70.
    const { allocations, position, installments } = simulated(
      opened({}, { events: [bounce('800.00')], through: '2026-04-21' }),
    );
    expect(allocations).toEqual([
      { ref: 'B1', seq: 2, component: 'principal', amount: '-778.30' },
      { ref: 'B1', seq: 2, component: 'interest', amount: '-21.70' },
    ]);
    // Only the night of the day itself: (389.98 + 778.30) x 0.27 / 360; 37 days since 15 March.
    expect(position).toMatchObject({
      principal: '8833.20',
      interest_due: '48.52',
      penalty_due: '2.62',
      days_past_due: 37,
    });
    expect(installments[1]).toMatchObject({ principal: { due: '778.30', paid: '0.00' } });
  });

  it('goes on where the one before ended, and not beyond what was paid', () => {
    const second = { ...bounce('1034.00', '2026-04-22'), ref: 'B2' };
    const third = { ...bounce('0.01', '2026-04-23'), ref: 'B3' };
    // 2 x 916.80 were paid.
    const events = [bounce('799.60'), second, third];
    const { allocations, rejected } = simulated(opened({}, { events, through: '2026-04-23' }));
    expect(allocations.slice(2)).toEqual([
      { ref: 'B2', seq: 2, component: 'interest', amount: '-117.20' },
      { ref: 'B2', seq: 1, component: 'principal', amount: '-766.80' },
      { ref: 'B2', seq: 1, component: 'interest', amount: '-150.00' },
    ]);
    expect(rejected).toEqual([{ ref: 'B3', rule: 'charge_back_above_paid' }]);
  });

  it('bears nothing for days before the book where its grace is missed in it', () => {
    const product = { ...PRODUCT, penalty: { rate: { annual: '0.36' }, grace_days: 10 } };
    // 20 April: the third is paid, free until the 25th. The nights from the 21st to the 25th count,
    // those before do not: 5 x 789.98 x 0.36 / 360 = 3.9499.
    const scenario = opened(
      { installments: [], periods_paid: 3, suspense: '0.00' },
      { product, events: [bounce('789.98')], through: '2026-04-25' },
    );
    expect(simulated(scenario).position).toMatchObject({
      penalty_due: '3.95',
      interest_due: '0.00',
    });
  });

  it('is refused on a loan that the book has had from its disbursement', () => {
    const scenario = { product: PRODUCT, loan: A1_LOAN, events: [bounce('1.00')] };
    expect(simulated(scenario).rejected).toEqual([{ ref: 'B1', rule: 'charge_back_above_paid' }]);
  });
});

describe('a loan whose interest follows what is owed', () => {
  // 12,000.00 at 1% a month, interest only: 120.00 a period. The earlier system asked 131.00, of
  // which 11.00 were of principal that has been paid since.
  const BROUGHT = [
    { seq: 4, due_on: '2026-05-15', principal: '0.00', interest: '131.00' },
    { seq: 5, due_on: '2026-06-15', principal: '0.00', interest: '120.00' },
    { seq: 6, due_on: '2026-07-15', principal: '12000.00', interest: '120.00' },
  ];
  const follows = (opening: object, through: string): Scenario => ({
    product: {
      repayment: { method: 'interest_only' },
      interest: { recalculation: { rest: 'daily' } },
    },
    loan: { principal: '12000.00', rate: '0.12', periods: 6, disbursed_on: '2026-01-15' },
    through,
    ...{ opening: { principal_not_due: '12000.00', ...opening, schedule: BROUGHT } },
  });
  const asked = (scenario: Scenario) =>
    simulated(scenario)
      .schedule.filter(({ seq }) => seq > 3)
      .map(({ interest }) => interest);

  it('asks from its first close on what is owed, whatever the rows brought ask', () => {
    const opening = { cut_over_on: '2026-04-20', interest_accrued: '24.00' };
    expect(asked(follows(opening, '2026-04-21'))).toEqual(['120.00', '120.00', '120.00']);
  });

  it('levels what is accrued at once where it is due on the first day: nothing goes on', () => {
    const scenario = follows(
      { cut_over_on: '2026-05-14', interest_accrued: '125.00' },
      '2026-05-15',
    );
    expect(asked(scenario)).toEqual(['120.00', '120.00', '120.00']);
    const { daily, position } = simulated(scenario);
    // 120.00 - 125.00, and the first of 31 nights of the next period: 120.00 / 31 = 3.87.
    expect(daily).toMatchObject([{ business_date: '2026-05-15', interest: '-1.13' }]);
    expect(position).toMatchObject({ interest_due: '120.00', interest_accrued: '3.87' });
  });
});
