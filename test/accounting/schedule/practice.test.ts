import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { formatDay } from '../../../src/accounting/calendar/epoch-day.js';
import { EVENT_TYPE, PLAIN_EVENT } from '../../../src/accounting/events/loan-event.js';
import {
  blankPosition,
  CLASS_NAMES,
  type OpenInstallment,
} from '../../../src/accounting/fold/position.js';
import { formatAmount, parseAmount } from '../../../src/accounting/money/amount-text.js';
import { mulDivRound } from '../../../src/accounting/money/money.js';
import { COMPONENTS } from '../../../src/accounting/posting/flow.js';
import { practiceCase } from '../product/practice-cases.js';
import { day, fen, present } from '../product/terms.js';
import { A1_LOAN, closeOne, oneRowLoan, positionOf, simulated } from '../simulate/simulation.js';

const text = z.string();
const anything = z.unknown();

/** The groups of which every case runs: schedules, accrual, overdue, payments, the day. */
const WHOLE_GROUPS = ['A', 'B', 'C', 'D', 'H'];

/** Cases that another test runs, by its file. */
const RUN_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'schedule.test.ts': ['A1', 'A1b', 'A2', 'A3', 'A5', 'A6', 'A9', 'A9c', 'A10', 'A11'],
  'schedule-methods.test.ts': ['A4', 'A8'],
  'schedule-again.test.ts': ['A7', 'D2', 'D4'],
  '../cost/cost.test.ts': ['A4', 'A4b'],
  '../calendar/calendar.test.ts': ['C2'],
  '../events/practice-events.test.ts': ['A7', 'D2', 'D4', 'D5'],
};

const ran = new Set<string>(Object.values(RUN_ELSEWHERE).flat());

function practice(id: string, body: () => void): void {
  ran.add(id);
  it(id, body);
}

function sum(amounts: readonly string[]): string {
  return formatAmount(
    amounts.reduce((total, amount) => total + fen(amount), 0),
    2,
  );
}

/** A rate such as `14.6%` as a fraction of one, by moving the point. */
function fraction(percent: string): string {
  const billionths = present(parseAmount(percent.replace('%', ''), 7));
  return formatAmount(billionths, 9);
}

describe('rounding and accrual', () => {
  practice('A13', () => {
    const { input, expected } = practiceCase(
      'A13',
      z.object({ principal: text, dailyRate: text }),
      z.object({
        HALF_UP: text,
        HALF_EVEN: text,
        jsToFixed_5_005: text,
        jsMathTrunc_0_29x100: z.number(),
      }),
    );
    const firstNight = (rounding: string) =>
      simulated({
        product: { interest: { rate_unit: 'day', rounding }, repayment: { periods: 1 } },
        loan: {
          principal: input.principal,
          rate: fraction(input.dailyRate),
          disbursed_on: '2026-01-15',
        },
        through: '2026-01-15',
      }).daily[0]?.interest;
    expect(firstNight('half_up')).toBe(expected.HALF_UP);
    expect(firstNight('half_even')).toBe(expected.HALF_EVEN);
    expect(Number('5.005').toFixed(2)).toBe(expected.jsToFixed_5_005);
    expect(Math.trunc(Number('0.29') * 100)).toBe(expected.jsMathTrunc_0_29x100);
    expect(parseAmount('0.29', 2)).toBe(29);
  });

  const b1Input = z.object({
    principal: text,
    annualRate: text,
    basis: z.number(),
    days: z.number(),
  });
  const b1 = () =>
    practiceCase(
      'B1',
      b1Input,
      z.object({
        cumulativeTotal: text,
        naiveTotal: text,
        drift: text,
        increments: z.array(text),
      }),
    );

  /** The loan of B1 through its day number `through`, counted from 1. */
  function b1Daily(through: number) {
    const { input } = b1();
    return simulated({
      product: {
        repayment: { method: 'interest_only', interval: { every: input.days, unit: 'day' } },
        interest: { basis: input.basis, period_interest: 'actual_days' },
      },
      loan: {
        principal: input.principal,
        rate: fraction(input.annualRate),
        periods: 1,
        disbursed_on: '2026-01-01',
      },
      through: formatDay(day('2026-01-01') + through - 1),
    });
  }

  practice('B1', () => {
    const { input, expected } = b1();
    const { daily } = b1Daily(input.days);
    expect(daily.map((posted) => posted.interest)).toEqual(expected.increments);
    expect(sum(daily.map((posted) => posted.interest))).toBe(expected.cumulativeTotal);
    const ppb = present(parseAmount(fraction(input.annualRate), 9));
    const naive =
      mulDivRound(fen(input.principal), ppb, input.basis * 1_000_000_000, 'half_up') * input.days;
    expect(formatAmount(naive, 2)).toBe(expected.naiveTotal);
    expect(formatAmount(fen(expected.cumulativeTotal) - naive, 2)).toBe(expected.drift);
  });

  practice('B2', () => {
    const { input, expected } = practiceCase(
      'B2',
      z.object({
        principal: text,
        annualRate: text,
        start: text,
        due: text,
        scheduledInterest: text,
      }),
      z.object({ perDay: text, day30Cumulative: text, day31: text, total: text }),
    );
    const { daily, schedule } = simulated({
      loan: {
        ...A1_LOAN,
        principal: input.principal,
        rate: fraction(input.annualRate),
        disbursed_on: input.start,
      },
      through: formatDay(day(input.due) - 1),
    });
    expect(schedule[0]).toMatchObject({ due_on: input.due, interest: input.scheduledInterest });
    const nights = daily.map((posted) => posted.interest);
    expect(nights.slice(0, 30)).toEqual(new Array(30).fill(expected.perDay));
    expect(sum(nights.slice(0, 30))).toBe(expected.day30Cumulative);
    expect(nights[30]).toBe(expected.day31);
    expect(sum(nights)).toBe(expected.total);
  });

  practice('H1', () => {
    const { input, expected } = practiceCase(
      'H1',
      z.object({ lastRunDay: z.number(), catchUpTo: z.number() }),
      z.object({ increments: z.array(text), total: text, singleShot: text }),
    );
    const { lastRunDay, catchUpTo } = input;
    const nights = b1Daily(catchUpTo).daily.map((posted) => posted.interest);
    expect(nights.slice(lastRunDay)).toEqual(expected.increments);
    expect(sum(nights.slice(lastRunDay))).toBe(expected.total);
    const accruedBy = (through: number) => fen(b1Daily(through).position.interest_accrued);
    const atOnce = accruedBy(catchUpTo) - accruedBy(lastRunDay);
    expect(formatAmount(atOnce, 2)).toBe(expected.singleShot);
  });
});

describe('overdue', () => {
  practice('C1', () => {
    const { input, expected } = practiceCase(
      'C1',
      z.object({
        overduePrincipal: text,
        overdueInterest: text,
        penaltyMultiple: text,
        basis: z.number(),
        due: text,
        paid: text,
        graceDays: z.number(),
      }),
      z.object({
        principalOnly_fromDue10d: text,
        principalOnly_afterGrace7d: text,
        principalPlusInterest_fromDue10d: text,
        compoundOnInterest_fromDue10d: text,
        paidWithinGrace_2026_05_13: text,
      }),
    );
    const owed = sum([input.overduePrincipal, input.overdueInterest]);
    const at = (penalty: object, through: string, amount: string) =>
      simulated({
        product: {
          interest: { basis: input.basis },
          penalty: {
            rate: { multiple: input.penaltyMultiple },
            grace_days: input.graceDays,
            ...penalty,
          },
        },
        loan: oneRowLoan(input.overduePrincipal, input.overdueInterest, input.due),
        events: [{ ref: 'R', type: 'repayment', value_date: through, amount }],
        through,
      });
    const charged = (penalty: object) => {
      const { installments } = at(penalty, input.paid, '100000.00');
      return installments[0];
    };
    expect(charged({})?.penalty.due).toBe(expected.principalOnly_fromDue10d);
    expect(charged({ grace_missed: 'from_grace_end' })?.penalty.due).toBe(
      expected.principalOnly_afterGrace7d,
    );
    expect(charged({ base: 'principal_and_interest' })?.penalty.due).toBe(
      expected.principalPlusInterest_fromDue10d,
    );
    const compounded = charged({ compound_interest: true });
    expect(compounded?.compound.due).toBe(expected.compoundOnInterest_fromDue10d);
    expect(compounded?.penalty.due).toBe(expected.principalOnly_fromDue10d);
    const within = at({}, '2026-05-13', owed);
    expect(within.installments[0]?.penalty.due).toBe(expected.paidWithinGrace_2026_05_13);
    expect(within.position.status).toBe('settled');
    const all = sum([owed, expected.principalOnly_fromDue10d]);
    expect(at({}, input.paid, all).position.status).toBe('settled');
  });

  practice('C1b', () => {
    const range = z.tuple([text, text]);
    const { input, expected } = practiceCase(
      'C1b',
      z.object({ annualRate: text }),
      z.object({ overdueRange: range, misuseRange: range }),
    );
    // Overdue 1.3 to 1.5 times the contract's rate, misuse 1.5 to 2 times.
    const penaltyOf = (rate: object) => {
      const { daily } = simulated({
        product: { penalty: { rate } },
        loan: {
          ...oneRowLoan('100000.00', '1500.00', '2026-02-10'),
          rate: fraction(input.annualRate),
        },
        through: '2026-05-10',
      });
      return daily.map((posted) => posted.penalty);
    };
    const [low, high] = expected.overdueRange;
    const [misuseLow, misuseHigh] = expected.misuseRange;
    for (const [multiple, annual] of [
      ['1.3', low],
      ['1.5', high],
      ['1.5', misuseLow],
      ['2', misuseHigh],
    ] as const) {
      expect(penaltyOf({ multiple })).toEqual(penaltyOf({ annual: fraction(annual) }));
    }
    // 100,000.00 at 23.4% over 360 is 65.00 a night.
    expect(penaltyOf({ multiple: '1.3' }).at(-1)).toBe('65.00');
  });

  practice('C4', () => {
    const { expected } = practiceCase(
      'C4',
      anything,
      z.object({
        rows: z.array(z.object({ dpd: z.number(), bucket: text, klass: text, accrual: text })),
      }),
    );
    const classes = ['正常', '关注', '次级', '可疑', '损失'];
    const scenario = { loan: oneRowLoan('1000.00', '15.00', '2026-02-10') };
    for (const row of expected.rows) {
      const position = positionOf(scenario, day('2026-02-10') + row.dpd);
      expect({
        dpd: position.daysPastDue,
        bucket: `M${position.overdueBucket}`,
        klass: classes[position.classification],
        accrual: position.accruing ? 'accrual' : 'non-accrual',
      }).toEqual(row);
    }
    expect(CLASS_NAMES).toHaveLength(classes.length);
  });
});

describe('payments', () => {
  const periodFigures = z.object({
    no: text,
    fee: text,
    penalty: text,
    compound: text,
    interest: text,
    principal: text,
  });

  practice('C3', () => {
    const line = z.tuple([z.number(), text, text]);
    const { input, expected } = practiceCase(
      'C3',
      z.object({ periods: z.array(periodFigures), payment: text }),
      z.object({
        H: z.array(line),
        Hleft: text,
        V: z.array(line),
        Vleft: text,
        N: z.array(line),
        Nleft: text,
      }),
    );
    const pay = (accruing: boolean, direction: string) => {
      const position = blankPosition();
      position.accruing = accruing;
      position.open = input.periods.map(openInstallment);
      for (const item of position.open) {
        position.principal += item.principalOpen;
        position.interestDue += item.interestOpen;
        position.penaltyDue += item.penalty.open;
        position.compoundDue += item.compound.open;
        position.feeDue += item.feeOpen;
      }
      const product = {
        penalty: { rate: { annual: '0' } },
        allocation: { accruing: { direction } },
      };
      const event = {
        ...PLAIN_EVENT,
        eventId: 1,
        type: EVENT_TYPE.repayment,
        amount: fen(input.payment),
      };
      const flow = closeOne(position, day('2026-04-20'), product, [event]);
      return {
        lines: flow.allocations.map(({ seq, component, amount }) => [
          seq,
          COMPONENTS[component],
          formatAmount(amount, 2),
        ]),
        left: formatAmount(position.suspense, 2),
      };
    };
    expect(pay(true, 'by_installment')).toEqual({ lines: expected.H, left: expected.Hleft });
    expect(pay(true, 'by_component')).toEqual({ lines: expected.V, left: expected.Vleft });
    expect(pay(false, 'by_installment')).toEqual({ lines: expected.N, left: expected.Nleft });
  });

  function openInstallment(figures: z.infer<typeof periodFigures>): OpenInstallment {
    const dueOn = day(`2026-0${Number(figures.no) + 1}-15`);
    const charge = (amount: string) => {
      const due = fen(amount);
      return { due, open: due, whole: due, rest: 0 };
    };
    return {
      seq: Number(figures.no),
      dueOn,
      lastFreeOn: dueOn,
      missed: true,
      overdue: false,
      principalDue: fen(figures.principal),
      principalOpen: fen(figures.principal),
      interestDue: fen(figures.interest),
      interestOpen: fen(figures.interest),
      feeDue: fen(figures.fee),
      feeOpen: fen(figures.fee),
      penalty: charge(figures.penalty),
      compound: charge(figures.compound),
      penaltyCharged: 0,
      countsFrom: 0,
    };
  }

  practice('D1', () => {
    const { input, expected } = practiceCase(
      'D1',
      z.object({ settleDate: text, feeRate: text }),
      z.object({
        principal: text,
        interest: text,
        fee: text,
        total: text,
        ifInterestToNextDue: text,
        ifNoInterest: text,
      }),
    );
    const settle = (interestTo: string) => {
      const result = simulated({
        product: {
          prepayment: { interest_to: interestTo, fee: { rate: fraction(input.feeRate) } },
        },
        loan: A1_LOAN,
        events: [
          { ref: 'R1', type: 'repayment', value_date: '2026-02-15', amount: '916.80' },
          { ref: 'S', type: 'settlement', value_date: input.settleDate },
        ],
        through: input.settleDate,
      });
      expect(result.position.status).toBe('settled');
      expect(result.installments.map((row) => row.status)).toEqual(['paid']);
      const lines = result.allocations.filter((line) => line.ref === 'S');
      expect(new Set(lines.map((line) => line.seq))).toEqual(new Set([0]));
      const paid = (component: string) =>
        lines.find((line) => line.component === component)?.amount ?? '0.00';
      return { paid, total: sum(lines.map((line) => line.amount)) };
    };
    const { paid, total } = settle('value_date');
    expect(paid('principal')).toBe(expected.principal);
    expect(paid('interest')).toBe(expected.interest);
    expect(paid('fee')).toBe(expected.fee);
    expect(total).toBe(expected.total);
    expect(settle('next_due').paid('interest')).toBe(expected.ifInterestToNextDue);
    expect(settle('none').paid('interest')).toBe(expected.ifNoInterest);
  });

  practice('D6', () => {
    const { input, expected } = practiceCase(
      'D6',
      z.object({ due: text, paid: text }),
      z.object({ applied: text, suspense: text, nextDueNeed: text }),
    );
    const held = (through: string) =>
      simulated({
        loan: A1_LOAN,
        events: [{ ref: 'R1', type: 'repayment', value_date: '2026-02-15', amount: input.paid }],
        through,
      });
    const onDue = held('2026-02-15');
    expect(onDue.schedule[0]?.total).toBe(input.due);
    expect(sum(onDue.allocations.map((line) => line.amount))).toBe(expected.applied);
    expect(onDue.position.suspense).toBe(expected.suspense);
    const onNextDue = held('2026-03-15');
    const used = onNextDue.allocations.filter((line) => line.ref === 'suspense');
    expect(used.every((line) => line.seq === 2)).toBe(true);
    expect(sum(used.map((line) => line.amount))).toBe(expected.suspense);
    const { interest_due: interest, principal } = onNextDue.position;
    const principalOpen = fen(principal) - fen(onNextDue.schedule[1]?.balance_after ?? '');
    expect(formatAmount(fen(interest) + principalOpen, 2)).toBe(expected.nextDueNeed);
    expect(onNextDue.position.suspense).toBe('0.00');
  });

  practice('H2', () => {
    const amounts = z.object({ prin: text, int: text, pnlt: text });
    const { input, expected } = practiceCase(
      'H2',
      z.object({
        prev: amounts,
        flow: z.object({ accrueInt: text, paidPrin: text, paidInt: text }),
      }),
      z.object({ today: amounts }),
    );
    const position = blankPosition();
    const { paidPrin, paidInt, accrueInt } = input.flow;
    position.open = [
      openInstallment({
        no: '1',
        fee: '0.00',
        penalty: input.prev.pnlt,
        compound: '0.00',
        interest: paidInt,
        principal: paidPrin,
      }),
    ];
    position.principal = fen(input.prev.prin);
    position.interestDue = fen(input.prev.int);
    position.principalNotDue = position.principal - fen(paidPrin);
    position.nextSeq = 2;
    position.periodStartOn = day('2026-02-15');
    position.nextDueOn = day('2026-03-15');
    position.nextPrincipal = position.principalNotDue;
    position.nextInterest = fen('140.00');
    // 9,233.20 bears 5.00 a night at 19.5%.
    position.ratePpb = 195_000_000;
    const amount = fen(paidPrin) + fen(paidInt);
    const event = { ...PLAIN_EVENT, eventId: 1, type: EVENT_TYPE.repayment, amount };
    const flow = closeOne(position, day('2026-02-15'), {}, [event]);
    expect(flow.paid.slice(0, 2)).toEqual([fen(paidPrin), fen(paidInt)]);
    expect(flow.interestAccrued).toBe(fen(accrueInt));
    const interest = position.interestAccrued + position.interestDue;
    expect({
      prin: formatAmount(position.principal, 2),
      int: formatAmount(interest, 2),
      pnlt: formatAmount(position.penaltyDue, 2),
    }).toEqual(expected.today);
    expect(position.principal).toBe(fen(input.prev.prin) - flow.paid[0]!);
    expect(interest).toBe(fen(input.prev.int) + flow.interestAccrued - flow.paid[1]!);
  });
});

describe('every case', () => {
  const file = new URL('../../../fixtures/cases/practice.json', import.meta.url);
  const { cases } = z
    .object({ cases: z.array(z.object({ id: text, title: text })) })
    .parse(JSON.parse(readFileSync(file, 'utf8')));

  it(`of the groups ${WHOLE_GROUPS.join(', ')} runs`, () => {
    const ids = cases.map(({ id }) => id).filter((id) => WHOLE_GROUPS.includes(id[0] ?? ''));
    expect(ids.filter((id) => !ran.has(id))).toEqual([]);
    expect([...ran].filter((id) => !ids.includes(id))).toEqual([]);
  });

  it.each(Object.entries(RUN_ELSEWHERE))('that %s runs is named there', (name, ids) => {
    const source = readFileSync(new URL(name, import.meta.url), 'utf8');
    expect(ids.filter((id) => !source.includes(`'${id}'`))).toEqual([]);
  });

  for (const { id, title } of cases) if (!ran.has(id)) test.todo(`${id} ${title}`);
});
