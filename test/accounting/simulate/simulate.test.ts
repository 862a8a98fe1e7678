import { describe, expect, it } from 'vitest';
import { LoanbookError } from '../../../src/errors.js';
import { openSimulator } from '../../../src/jobs/simulate/simulator.js';
import { fen } from '../product/terms.js';
import { A1_LOAN, oneRowLoan, type Scenario, simulated } from './simulation.js';

/** 1,000.00 and 15.00 of interest due on 2026-02-10: a night of penalty is 1000 x 27% / 360. */
const ONE_ROW = oneRowLoan('1000.00', '15.00', '2026-02-10');

function repaid(valueDate: string, amount: string, more: object = {}) {
  return { ref: `R ${valueDate}`, type: 'repayment', value_date: valueDate, amount, ...more };
}

describe('non-accrual', () => {
  const at = (through: string, events: Scenario['events'] = []) =>
    simulated({ loan: ONE_ROW, events, through }).position;

  it('switches beyond 90 days past due, not on day 90', () => {
    expect(at('2026-05-11')).toMatchObject({ days_past_due: 90, accruing: true });
    expect(at('2026-05-12')).toMatchObject({
      days_past_due: 91,
      accruing: false,
      classification: 'substandard',
      // 92 nights of 0.75: what the customer owes, on or off the balance sheet.
      penalty_due: '69.00',
    });
  });

  it('pays principal first and goes on while interest is open', () => {
    expect(at('2026-05-13', [repaid('2026-05-13', '1010.00')])).toMatchObject({
      principal: '0.00',
      interest_due: '5.00',
      penalty_due: '69.00',
      accruing: false,
      status: 'overdue',
    });
  });

  it('goes back when nothing is open any more', () => {
    expect(at('2026-05-13', [repaid('2026-05-13', '1084.00')])).toMatchObject({
      status: 'settled',
      days_past_due: 0,
      classification: 'normal',
      accruing: true,
    });
  });

  it('goes back with instalments ahead once the late ones are paid', () => {
    const lateThenPaid = simulated({
      loan: A1_LOAN,
      events: [repaid('2026-06-01', '4000.00')],
      through: '2026-06-01',
    });
    expect(lateThenPaid.position).toMatchObject({ days_past_due: 0, accruing: true });
    expect(lateThenPaid.allocations[0]).toMatchObject({ seq: 1, component: 'principal' });
  });
});

describe('grace', () => {
  const daily = (graceMissed: string) =>
    simulated({
      product: { penalty: { grace_days: 3, grace_missed: graceMissed } },
      loan: ONE_ROW,
      through: '2026-02-14',
    }).daily.slice(-5);

  it('missed counts from the due date, posted when the last free day closes', () => {
    expect(daily('retroactive').map((day) => day.penalty)).toEqual([
      '0.00',
      '0.00',
      '0.00',
      '3.00',
      '0.75',
    ]);
  });

  it('missed counts from its end', () => {
    expect(daily('from_grace_end').map((day) => day.penalty)).toEqual([
      '0.00',
      '0.00',
      '0.00',
      '0.75',
      '0.75',
    ]);
  });

  it('keeps days past due at 0 up to its last day, then counts all of them', () => {
    const on = (through: string) =>
      simulated({ product: { penalty: { grace_days: 3 } }, loan: ONE_ROW, through });
    expect(on('2026-02-13').position).toMatchObject({ days_past_due: 0, status: 'normal' });
    expect(on('2026-02-13').installments[0]?.status).toBe('due');
    const after = on('2026-02-14');
    expect(after.position).toMatchObject({ days_past_due: 4, status: 'overdue' });
    expect(after.position.principal_overdue).toBe('1000.00');
    expect(after.installments[0]?.status).toBe('overdue');
  });
});

describe('accrual', () => {
  it('straight_line spreads the scheduled interest over the nights', () => {
    const { daily, position } = simulated({
      product: { interest: { accrual: 'straight_line' } },
      loan: A1_LOAN,
      through: '2026-01-29',
    });
    // 150.00 over 31 nights: 4.8387 a night, 72.5806 after fifteen.
    expect(daily.slice(0, 3).map((day) => day.interest)).toEqual(['4.84', '4.84', '4.84']);
    expect(position.interest_accrued).toBe('72.58');
  });

  it('takes the length of the year of the night that it ends in', () => {
    const { daily } = simulated({
      product: {
        repayment: { method: 'bullet', periods: 2 },
        interest: { basis: 'actual', period_interest: 'actual_days' },
      },
      loan: { principal: '1000000.00', rate: '0.1', disbursed_on: '2027-12-30' },
      through: '2027-12-31',
    });
    // 100,000 / 365 = 273.97; both nights together 273.9726 + 273.2240 = 547.20.
    expect(daily.map((day) => day.interest)).toEqual(['273.97', '273.23']);
  });
});

describe('the end of a loan', () => {
  it('is settled on the day of its disbursement, without interest', () => {
    const result = simulated({
      loan: A1_LOAN,
      events: [{ ref: 'S', type: 'settlement', value_date: '2026-01-15' }],
      through: '2026-01-16',
    });
    expect(result).toMatchObject({ schedule: [], installments: [], rejected: [] });
    expect(result.position).toMatchObject({ status: 'settled', principal: '0.00' });
    expect(result.allocations).toEqual([
      { ref: 'S', seq: 0, component: 'principal', amount: '10000.00' },
    ]);
    expect(result.daily.map((day) => day.interest)).toEqual(['0.00', '0.00']);
  });

  it('comes with the last instalment, and what is paid too much stays', () => {
    const { position, installments } = simulated({
      loan: ONE_ROW,
      events: [repaid('2026-02-10', '1100.00')],
      through: '2026-02-12',
    });
    expect(position).toMatchObject({ status: 'settled', principal: '0.00', suspense: '85.00' });
    expect(installments[0]?.status).toBe('paid');
  });

  it('does not come with too little money', () => {
    const { position, rejected } = simulated({
      loan: A1_LOAN,
      events: [{ ref: 'S', type: 'settlement', value_date: '2026-02-01', amount: '10000.00' }],
      through: '2026-02-01',
    });
    expect(rejected).toEqual([{ ref: 'S', rule: 'settlement_short' }]);
    expect(position.principal).toBe('10000.00');
  });

  it('holds money ahead of a due date, and uses it there', () => {
    const { allocations, position, installments } = simulated({
      loan: A1_LOAN,
      events: [repaid('2026-02-01', '1000.00')],
      through: '2026-03-15',
    });
    expect(allocations).toEqual([
      { ref: 'suspense', seq: 1, component: 'interest', amount: '150.00' },
      { ref: 'suspense', seq: 1, component: 'principal', amount: '766.80' },
      { ref: 'suspense', seq: 2, component: 'interest', amount: '83.20' },
    ]);
    expect(position).toMatchObject({ suspense: '0.00', interest_due: '55.30' });
    expect(installments.slice(0, 3).map((row) => row.status)).toEqual(['paid', 'due', 'pending']);
  });
});

describe('late events', () => {
  const late = repaid('2026-02-10', '1015.00', { business_date: '2026-02-13' });

  it('post their difference on the day that they are booked', () => {
    const { daily, position, installments } = simulated({
      loan: ONE_ROW,
      events: [late],
      through: '2026-02-13',
    });
    const penalties = daily.slice(-4).map((day) => day.penalty);
    expect(penalties).toEqual(['0.75', '0.75', '0.75', '-2.25']);
    expect(position).toMatchObject({ status: 'settled', penalty_due: '0.00' });
    expect(installments[0]?.penalty.due).toBe('0.00');
  });

  it('are not known before', () => {
    const { position } = simulated({ loan: ONE_ROW, events: [late], through: '2026-02-12' });
    expect(position).toMatchObject({ principal: '1000.00', penalty_due: '2.25' });
  });

  it('that settle the loan put the money of later repayments into suspense', () => {
    const result = simulated({
      loan: A1_LOAN,
      events: [
        repaid('2026-02-15', '916.80'),
        { ref: 'S', type: 'settlement', value_date: '2026-02-10', business_date: '2026-02-20' },
      ],
      through: '2026-02-20',
    });
    expect(result.rejected).toEqual([{ ref: 'R 2026-02-15', rule: 'voided: loan_settled' }]);
    expect(result.position).toMatchObject({ status: 'settled', suspense: '916.80' });
    // What was posted comes down to the nights before the settlement: 26 of 5.00.
    const posted = result.daily.reduce((sum, day) => sum + fen(day.interest), 0);
    expect(posted).toBe(fen('130.00'));
  });
});

describe('rejected events', () => {
  it('are listed with their rules', () => {
    const { rejected, allocations } = simulated({
      loan: ONE_ROW,
      events: [
        { ref: 'early', type: 'repayment', value_date: '2026-01-09', amount: '1.00' },
        { ref: 'zero', type: 'repayment', value_date: '2026-01-20', amount: '0.00' },
        { ref: 'twice', type: 'repayment', value_date: '2026-02-10', amount: '1015.00' },
        { ref: 'twice', type: 'repayment', value_date: '2026-02-11', amount: '1.00' },
        { ref: 'after', type: 'repayment', value_date: '2026-02-12', amount: '1.00' },
        { ref: 'unknown yet', type: 'repayment', value_date: '2026-02-14', amount: '1.00' },
        {
          ref: 'ahead',
          type: 'repayment',
          value_date: '2026-02-13',
          business_date: '2026-02-12',
          amount: '1.00',
        },
      ],
      through: '2026-02-13',
    });
    expect(rejected).toEqual([
      { ref: 'early', rule: 'value_date_before_disbursement' },
      { ref: 'zero', rule: 'amount_not_positive' },
      { ref: 'twice', rule: 'repeated_ref' },
      { ref: 'after', rule: 'loan_settled' },
      { ref: 'ahead', rule: 'value_date_after_business_date' },
    ]);
    expect(new Set(allocations.map((line) => line.ref))).toEqual(new Set(['twice']));
  });
});

describe('documents', () => {
  const simulator = openSimulator(async () => () => undefined);
  const document = (scenario: object) =>
    JSON.stringify({
      product: { code: 'TEST' },
      loan: A1_LOAN,
      through: '2026-05-20',
      ...scenario,
    });

  async function refusal(scenario: object) {
    const error = await (await simulator).one(document(scenario), 'test').catch((e: unknown) => e);
    if (!(error instanceof LoanbookError)) throw new Error('the document was not refused');
    expect(error.exitCode).toBe(2);
    return { message: error.message, ...error.evidence };
  }

  it('give entries that balance voucher by voucher and end in the position', async () => {
    const { journal, position } = await (await simulator).one(
      document({ events: [repaid('2026-03-01', '1000.00'), repaid('2026-03-20', '800.00')] }),
      'test',
    );
    const balances = new Map<string, number>();
    const vouchers = new Map<string, number>();
    for (const { account, voucher, debit, credit } of journal) {
      const amount = fen(debit) - fen(credit);
      balances.set(account, (balances.get(account) ?? 0) + amount);
      vouchers.set(voucher, (vouchers.get(voucher) ?? 0) + amount);
    }
    expect(journal[0]).toMatchObject({ voucher: '1', account: '1303.01', memo: 'disbursement' });
    expect([...vouchers.values()].every((sum) => sum === 0)).toBe(true);
    expect(balances.get('1303.02')).toBe(fen(position.principal_overdue));
    expect((balances.get('1303.01') ?? 0) + (balances.get('1303.02') ?? 0)).toBe(
      fen(position.principal),
    );
    expect(balances.get('1132.02')).toBe(fen(position.interest_due));
    expect(balances.get('1132.03')).toBe(fen(position.penalty_due));
  });

  it('name the path, the rule and the value of what is wrong', async () => {
    expect(await refusal({ loan: { ...A1_LOAN, rat: '1' } })).toMatchObject({
      message: expect.stringContaining('loan.rat: unknown key'),
    });
    expect(await refusal({ loan: { ...A1_LOAN, principal: '1.005' } })).toMatchObject({
      message: expect.stringContaining('loan.principal: must be an amount of CNY; got 1.005'),
    });
    expect(await refusal({ product: { code: 'TEST', penalty: { grace: 3 } } })).toMatchObject({
      message: expect.stringContaining('product.penalty.grace: unknown key'),
    });
    expect(await refusal({ through: '2026-01-14' })).toMatchObject({
      path: 'through',
      rule: 'through_before_disbursement',
    });
    expect(await refusal({ product: 'NO-SUCH' })).toMatchObject({
      message: expect.stringMatching(/product: must be a product document.*got NO-SUCH/),
    });
    expect(await refusal({ calendar: { years: [2026] }, through: '2027-02-01' })).toMatchObject({
      rule: 'calendar_year_not_loaded',
      year: 2027,
    });
  });

  it('refuse an event without a key that its type needs, or with one that it has not', async () => {
    const waiver = { ref: 'W', type: 'waiver', value_date: '2026-02-01', amount: '1.00', of: 'R' };
    expect(await refusal({ events: [waiver] })).toMatchObject({
      message: expect.stringContaining('events[0].component: is required'),
    });
    expect(await refusal({ events: [waiver] })).toMatchObject({
      message: expect.stringContaining('events[0].of: is no key of a waiver; got R'),
    });
  });

  it('become results or errors line by line', async () => {
    const { line } = await simulator;
    expect(await line('{', 'test:1')).toMatchObject({ error: { code: 'invalid_document' } });
    expect(await line(document({ through: 'soon' }), 'test:2')).toMatchObject({
      error: { code: 'invalid_document', message: expect.stringContaining('through') },
    });
    expect(await line(document({}), 'test:3')).toMatchObject({ rejected: [] });
  });

  it('may be YAML, and bring a schedule along', async () => {
    const text = `
product: {code: TEST}
loan:
  principal: 100.00
  rate: 0.18
  disbursed_on: 2026-01-15
  schedule:
    - {due_on: 2026-02-01, principal: 40.00, interest: 1.00}
    - {due_on: 2026-03-01, principal: 60.00, interest: 2.00}
`;
    const { schedule, position } = await (await simulator).one(text, 'test');
    expect(schedule.map((row) => [row.days, row.total, row.balance_after])).toEqual([
      [17, '41.00', '60.00'],
      [28, '62.00', '0.00'],
    ]);
    expect(position.business_date).toBe('2026-03-01');
  });
});
