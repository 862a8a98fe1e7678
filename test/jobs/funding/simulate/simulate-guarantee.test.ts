import { describe, expect, it } from 'vitest';
import { answerOf, holdToCases } from './funding-cases.js';

holdToCases('guarantee');

/** Three instalments of 100 and 10, a month each: due on the first of February, March, April. */
const LOAN = {
  loan_no: 'L1',
  principal: '300.00',
  disbursed_on: '2026-01-01',
  schedule: ['2026-02-01', '2026-03-01', '2026-04-01'].map((due_on, at) => ({
    ...{ seq: at + 1, due_on, principal: '100.00', interest: '10.00' },
  })),
};
type Event = readonly [day: string, type: string, what: number | string, seq?: number];

/** Events as `02-09 compensation 110.00 seq`; every event's ref is its place. */
function guaranteed(terms: object, through: string, events: readonly Event[], more: object = {}) {
  return answerOf({
    kind: 'guarantee',
    terms: { guarantor: 'G1', after_days: 8, ...terms },
    loan: LOAN,
    through: `2026-${through}`,
    events: events.map(([day, type, amount, seq], at) => ({
      ...{ day: `2026-${day}`, type, ref: `E${at + 1}` },
      ...(type === 'refusal' ? {} : { amount }),
      ...(seq === undefined ? {} : { seq }),
    })),
    ...more,
  });
}
const claim = (seq: number, day: string, amount: string, paid: string, state: string) => ({
  ...{ seq, kind: 'compensation', day: `2026-${day}`, amount, paid, state },
});
const buyBack = (reason: string, day: string, amount: string, paid: string, state: string) => ({
  ...{ seq: 0, kind: 'buy_back', reason, day: `2026-${day}`, amount, paid, state },
});

describe('claims', () => {
  it('wait for the whole of their days, and are made at a close', () => {
    expect(guaranteed({}, '02-08', []).claims).toEqual([]);
    const made = claim(1, '02-09', '110.00', '0.00', 'claimed');
    expect(guaranteed({}, '02-09', []).claims).toEqual([made]);
    expect(guaranteed({}, '02-09', [['02-09', 'repayment', '30.00']]).claims).toEqual([
      claim(1, '02-09', '80.00', '0.00', 'claimed'),
    ]);
  });

  it('are none without days, of what is not covered, or of what is paid', () => {
    expect(guaranteed({ after_days: null }, '04-30', []).claims).toEqual([]);
    expect(guaranteed({ covers: ['interest'] }, '02-09', []).claims).toEqual([
      claim(1, '02-09', '10.00', '0.00', 'claimed'),
    ]);
    // Interest is paid before principal.
    const paid: Event = ['02-09', 'repayment', '10.00'];
    expect(guaranteed({ covers: ['interest'] }, '02-20', [paid]).claims).toEqual([]);
  });

  it('stay part paid until they are paid, or the customer has paid the rest', () => {
    const part: Event = ['02-10', 'compensation', '40.00', 1];
    expect(guaranteed({}, '02-28', [part])).toMatchObject({
      claims: [claim(1, '02-09', '110.00', '40.00', 'part_paid')],
      lender: { interest: '0.00', principal: '270.00' },
      guarantor: { interest: '10.00', principal: '30.00' },
    });
    // The lender's 70 before the guarantor's 40.
    expect(guaranteed({}, '02-28', [part, ['02-11', 'repayment', '75.00']])).toMatchObject({
      claims: [claim(1, '02-09', '110.00', '40.00', 'withdrawn')],
      guarantor: { interest: '5.00', principal: '30.00' },
      payable: { recovery: '5.00', returns: '0.00' },
    });
  });

  it('are paid by what is left of them where the customer was quicker', () => {
    const events: Event[] = [
      ['02-10', 'repayment', '60.00'],
      ['02-11', 'compensation', '110.00', 1],
    ];
    expect(guaranteed({}, '02-28', events)).toMatchObject({
      claims: [claim(1, '02-09', '110.00', '50.00', 'paid')],
      payable: { recovery: '0.00', returns: '60.00' },
    });
    // On the day itself, before its close: nothing is open, and the close withdraws.
    const all: Event[] = [
      ['02-10', 'repayment', '110.00'],
      ['02-10', 'compensation', '110.00', 1],
    ];
    expect(guaranteed({}, '02-10', all)).toMatchObject({
      claims: [claim(1, '02-09', '110.00', '0.00', 'withdrawn')],
      payable: { returns: '110.00' },
      rejected: [],
    });
  });

  it('are made once: a charge that follows is asked of nobody', () => {
    const events: Event[] = [
      ['02-10', 'compensation', '110.00', 1],
      ['02-12', 'charge', '3.00', 1],
    ];
    expect(guaranteed({ covers: ['penalty', 'principal', 'interest'] }, '02-28', events)).toEqual(
      expect.objectContaining({
        claims: [claim(1, '02-09', '110.00', '110.00', 'paid')],
        lender: { penalty: '3.00', interest: '0.00', principal: '200.00' },
        days_past_due: 27,
      }),
    );
  });

  it('reject money that they do not wait for', () => {
    const events: Event[] = [
      ['02-08', 'compensation', '110.00', 1],
      ['02-10', 'refusal', '', 1],
      ['02-11', 'compensation', '110.00', 1],
      ['02-11', 'buy_back', '300.00'],
      ['02-12', 'refusal', '', 2],
      ['02-12', 'compensation', '1.00', 0],
    ];
    expect(guaranteed({}, '02-28', events)).toMatchObject({
      claims: [claim(1, '02-09', '110.00', '0.00', 'refused')],
      rejected: [
        { ref: 'E1', rule: 'no_claim' },
        { ref: 'E3', rule: 'claim_refused' },
        { ref: 'E4', rule: 'no_claim' },
        { ref: 'E5', rule: 'no_claim' },
        { ref: 'E6', rule: 'no_claim' },
      ],
      ...{ entries: [], allocations: [], payable: { recovery: '0.00', returns: '0.00' } },
    });
  });

  it('that were paid cannot be refused, and a refusal without a ref is named by its instalment', () => {
    const paid = { day: '2026-02-10', type: 'compensation', ref: 'K', seq: 1, amount: '110.00' };
    const refusal = { day: '2026-02-11', type: 'refusal', seq: 1 };
    const answer = guaranteed({}, '02-28', [], { events: [paid, refusal] });
    expect(answer).toMatchObject({
      claims: [claim(1, '02-09', '110.00', '110.00', 'paid')],
      rejected: [{ seq: 1, rule: 'claim_paid' }],
    });
  });
});

describe('a cover', () => {
  /** 150 of 1,000. */
  const cap = (more: object = {}) => ({ cap: { rate: '0.15', disbursed: '1000.00', ...more } });

  it('cuts what is claimed, and gives none where nothing is left', () => {
    expect(guaranteed(cap(), '04-20', [])).toMatchObject({
      claims: [
        claim(1, '02-09', '110.00', '0.00', 'claimed'),
        claim(2, '03-09', '40.00', '0.00', 'claimed'),
      ],
      cover_left: '0.00',
    });
    expect(guaranteed(cap({ used: '149.50' }), '04-20', [])).toMatchObject({
      claims: [claim(1, '02-09', '0.50', '0.00', 'claimed')],
    });
    expect(guaranteed(cap({ used: '200.00' }), '04-20', [])).toMatchObject({
      ...{ claims: [], cover_left: '0.00' },
    });
  });

  it('is freed by a claim that is withdrawn or refused, and claimed by who waited for it', () => {
    // Withdrawn on 03-10: the second is claimed whole at the close of 03-09, before; cut to 40.
    const refused: Event[] = [['03-10', 'refusal', '', 1]];
    expect(guaranteed(cap(), '04-20', refused)).toMatchObject({
      claims: [
        claim(1, '02-09', '110.00', '0.00', 'refused'),
        claim(2, '03-09', '40.00', '0.00', 'claimed'),
        claim(3, '04-09', '110.00', '0.00', 'claimed'),
      ],
      cover_left: '0.00',
    });
    // 100 left: nothing for the second until the customer has paid the first.
    const paid: Event[] = [['03-15', 'repayment', '110.00']];
    expect(guaranteed(cap({ used: '40.00' }), '03-20', paid)).toMatchObject({
      claims: [
        claim(1, '02-09', '110.00', '0.00', 'withdrawn'),
        claim(2, '03-15', '110.00', '0.00', 'claimed'),
      ],
    });
  });

  it('keeps what was paid of a claim that is withdrawn', () => {
    const events: Event[] = [
      ['02-10', 'compensation', '30.00', 1],
      ['02-11', 'repayment', '80.00'],
    ];
    expect(guaranteed(cap(), '02-28', events)).toMatchObject({ cover_left: '120.00' });
  });

  it('is restored by what is recovered where that is said', () => {
    const events: Event[] = [
      ['02-10', 'compensation', '110.00', 1],
      ['02-11', 'repayment', '60.00'],
    ];
    const restored = { restored_by_recovery: true };
    expect(guaranteed(cap(), '02-28', events)).toMatchObject({ cover_left: '40.00' });
    expect(guaranteed(cap(restored), '02-28', events)).toMatchObject({ cover_left: '100.00' });
  });
});

describe('a buy-back', () => {
  it('is asked for at the first close that meets a condition', () => {
    const of = (terms: object, through: string, events: Event[] = []) =>
      guaranteed({ buy_back: terms }, through, events).claims;
    const asked = buyBack('after_days', '02-21', '310.00', '0.00', 'claimed');
    expect(of({ after_days: 20 }, '02-20')).toEqual([
      claim(1, '02-09', '110.00', '0.00', 'claimed'),
    ]);
    // Its open claim is withdrawn: 110 due, 200 ahead.
    expect(of({ after_days: 20 }, '02-28')).toEqual([
      claim(1, '02-09', '110.00', '0.00', 'withdrawn'),
      asked,
    ]);
    // The row is counted at the close of the due date itself.
    expect(of({ in_row: 1 }, '01-31')).toEqual([]);
    expect(of({ in_row: 1 }, '02-01')).toEqual([
      buyBack('in_row', '02-01', '310.00', '0.00', 'claimed'),
    ]);
    // A row begins anew after what was paid.
    const paid: Event[] = [['03-05', 'repayment', '110.00']];
    const kinds = (of({ in_row: 3 }, '04-30', paid) as { kind: string }[]).map(({ kind }) => kind);
    expect(kinds).toEqual(['compensation', 'compensation', 'compensation']);
  });

  it('counts a refused claim among all, a withdrawn one not', () => {
    const of = (events: Event[]) => guaranteed({ buy_back: { in_all: 2 } }, '03-31', events).claims;
    expect(of([['02-10', 'refusal', '', 1]])).toContainEqual(
      buyBack('in_all', '03-10', '320.00', '0.00', 'claimed'),
    );
    expect(of([['02-10', 'repayment', '110.00']])).toEqual([
      claim(1, '02-09', '110.00', '0.00', 'withdrawn'),
      claim(2, '03-09', '110.00', '0.00', 'claimed'),
    ]);
  });

  it('is asked for once, and compensation again only when it is over', () => {
    const events: Event[] = [
      ['02-05', 'refusal', '', 0],
      ['02-28', 'buy_back', '310.00'],
    ];
    expect(guaranteed({ buy_back: { in_row: 1 } }, '04-30', events)).toMatchObject({
      claims: [
        buyBack('in_row', '02-01', '310.00', '0.00', 'refused'),
        claim(1, '02-09', '110.00', '0.00', 'claimed'),
        claim(2, '03-09', '110.00', '0.00', 'claimed'),
        claim(3, '04-09', '110.00', '0.00', 'claimed'),
      ],
      rejected: [{ ref: 'E2', rule: 'claim_refused' }],
    });
    expect(guaranteed({ buy_back: { in_row: 1 } }, '03-31', []).claims).toHaveLength(1);
  });

  it('is withdrawn when the customer has paid all of it, and money for it goes back', () => {
    const events: Event[] = [
      ['04-01', 'repayment', '330.00'],
      ['04-02', 'buy_back', '310.00'],
    ];
    expect(guaranteed({ buy_back: { in_row: 1 } }, '04-30', events)).toMatchObject({
      claims: [buyBack('in_row', '02-01', '310.00', '0.00', 'withdrawn')],
      payable: { returns: '310.00' },
      lender: { principal: '0.00' },
    });
  });

  it('gives up what is not covered, closes the memo and hands all over', () => {
    // 110 is compensated on 02-10; asked for on 03-01: 110 due and 100 ahead, and one night of 31:
    // r(10 x 1 / 31) = 0.32. A penalty of 7 is not covered.
    const events: Event[] = [
      ['02-10', 'compensation', '110.00', 1],
      ['02-12', 'charge', '7.00', 1],
      ['03-02', 'buy_back', '210.32'],
      ['03-05', 'charge', '2.00', 1],
      ['03-06', 'repayment', '50.00'],
      ['03-07', 'buy_back', '210.32'],
      ['03-07', 'compensation', '110.00', 1],
    ];
    const terms = { buy_back: { in_row: 2, interest_to: 'value_date' } };
    expect(guaranteed(terms, '03-31', events)).toEqual({
      claims: [
        claim(1, '02-09', '110.00', '110.00', 'paid'),
        buyBack('in_row', '03-01', '210.32', '210.32', 'paid'),
      ],
      allocations: [
        allocation('E1', 1, 'lender', 'interest', '10.00'),
        allocation('E1', 1, 'lender', 'principal', '100.00'),
        allocation('E5', 0, 'guarantor', 'all', '50.00'),
      ],
      lender: { penalty: '0.00', interest: '0.00', principal: '0.00' },
      guarantor: { penalty: '9.00', interest: '30.00', principal: '300.00' },
      suspense: '0.00',
      payable: { recovery: '50.00', returns: '0.00' },
      days_past_due: 0,
      customer_days_past_due: 58,
      rejected: [
        { ref: 'E6', rule: 'claim_paid' },
        { ref: 'E7', rule: 'claim_paid' },
      ],
      entries: [
        {
          ref: 'E1',
          entries: lines({
            ...{ bank: '110.00', interest: '-10.00', loans: '-100.00' },
            ...{ memo_claims: '110.00', memo_contra: '-110.00' },
          }),
        },
        {
          ref: 'E3',
          entries: lines({
            // 7.00 given up less 0.32 that was paid for ahead.
            ...{ bank: '210.32', buy_back_difference: '6.68', interest: '-10.00' },
            ...{ loans: '-200.00', memo_claims: '-110.00', memo_contra: '110.00' },
            penalty: '-7.00',
          }),
        },
        { ref: 'E5', entries: lines({ guarantor_payable: '-50.00', transit_in: '50.00' }) },
      ],
    });
  });
});

it('splits the money of a joint loan like a repayment, the service fee among it', () => {
  const plan = {
    ...{ code: 'JL', version: 1 },
    parties: [
      { party: 'OWN', part: 30, own: true },
      { party: 'P1', part: 70 },
    ],
    service_fee: [{ from: 'P1', of: ['interest'], rate: '0.25' }],
  };
  // Of 110: 33 ours, 77 theirs, of which 7 is interest: a fee of 1.75.
  const answer = guaranteed({}, '02-28', [['02-10', 'compensation', '115.00', 1]], { plan });
  expect(answer.entries).toEqual([
    {
      ref: 'E1',
      entries: lines({
        ...{ bank: '115.00', guarantor_payable: '-5.00', interest: '-3.00', loans: '-30.00' },
        ...{ memo_claims: '110.00', memo_contra: '-33.00', memo_interest: '-7.00' },
        ...{ memo_principal: '-70.00', partner_payable: '-75.25', service_income: '-1.75' },
      }),
    },
  ]);
});

it('takes events in the order of their days, and none after the last day', () => {
  const events: Event[] = [
    ['02-11', 'compensation', '110.00', 1],
    ['02-10', 'repayment', '10.00'],
    ['03-31', 'repayment', '10.00'],
  ];
  expect(guaranteed({}, '02-28', events)).toMatchObject({
    claims: [claim(1, '02-09', '110.00', '100.00', 'paid')],
    payable: { returns: '10.00' },
    suspense: '0.00',
  });
});

it.each<[string, object]>([
  ['terms.after_days: must be a whole number', { terms: { guarantor: 'G', after_days: -1 } }],
  ['terms.guarantor: is required', { terms: {} }],
  ['terms.covers: must name one at least', { terms: { guarantor: 'G', covers: [] } }],
  ['terms.covers[0]: must be one of principal', { terms: { guarantor: 'G', covers: ['fee'] } }],
  ['terms.colour: unknown key', { terms: { guarantor: 'G', colour: 1 } }],
  ['terms.cap.disbursed: is required', { terms: { guarantor: 'G', cap: { rate: '0.05' } } }],
  ['loan.schedule: must sum to the principal', { loan: { ...LOAN, principal: '301.00' } }],
  [
    'loan.schedule[0].due_on: must be after the date before; got 2026-02-01',
    { loan: { ...LOAN, disbursed_on: '2026-02-01' } },
  ],
  ['events[0].type: must be one of charge', { events: [{ day: '2026-02-02', type: 'gift' }] }],
  [
    'events[0].day: must not be before the disbursement; got 2025-12-31',
    { events: [{ day: '2025-12-31', type: 'repayment', ref: 'R', amount: '1.00' }] },
  ],
  [
    'events[0].amount: must be an amount, above 0',
    { events: [{ day: '2026-02-02', type: 'repayment', ref: 'R', amount: '0.00' }] },
  ],
  [
    'events[0].seq: must be an instalment of the loan; got 9',
    { events: [{ day: '2026-02-02', type: 'charge', seq: 9, amount: '1.00' }] },
  ],
  [
    'events[0].seq: unknown key',
    { events: [{ day: '2026-02-02', type: 'buy_back', ref: 'B', seq: 1, amount: '1.00' }] },
  ],
  ['through: must be a date', { through: '2026-02-30' }],
  [
    'plan.parties: must have a part above 0',
    { plan: { code: 'X', version: 1, parties: [OWN(0)] } },
  ],
  [
    'plan.parties: must have no fixed yield',
    {
      plan: {
        ...{ code: 'X', version: 1 },
        parties: [OWN(1), { party: 'P', part: 1, rate: '0.01' }],
      },
    },
  ],
])('refuses %s', (message, more) => {
  expect(guaranteed({}, '02-28', [], more)).toEqual({
    error: { code: 'invalid_document', message: expect.stringContaining(message) },
  });
});

function OWN(part: number) {
  return { party: 'OWN', part, own: true };
}

function allocation(ref: string, seq: number, to: string, component: string, amount: string) {
  return { ref, seq, to, component, amount };
}

/** Sorted by account, as `entries` are. */
function lines(amounts: Record<string, string>) {
  return Object.entries(amounts)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([account, amount]) => ({ account, amount }));
}
