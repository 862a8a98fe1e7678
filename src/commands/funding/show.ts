import { formatAmount } from '../../accounting/money/amount-text.js';
import { type Columns, type Report, recordTable, tableOf } from '../../files/report.js';
import {
  type LoanFunding,
  type Standing,
  showFunding,
} from '../../jobs/funding/show/show-funding.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly asOf?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    configureReport(cmd.argument('<loan-no>').option('--as-of <date>'));
  },
  async run(context, [loanNo], options) {
    const asOf = dayOption('--as-of', options.asOf);
    const way = wayOut(context, options);
    const session = { applicationName: 'loanbook funding show' };
    const found = await inBook(context, (client) => showFunding(client, loanNo, asOf), session);
    const said = inWords(found);
    await putReport(context, reportOf(said), way, { document: said });
  },
};

type Said = ReturnType<typeof inWords>;

function inWords({ minorDigits, plan, position, ...found }: LoanFunding) {
  const text = (fen: number) => formatAmount(fen, minorDigits);
  const orNone = (fen: number | null) => (fen === null ? null : text(fen));
  const shares = found.shares.map(({ party, ...share }, at) => ({
    ...{ party, part: plan?.parties[at]?.part ?? 0, ...standingIn(share, text) },
  }));
  const split = <Row extends Split>(row: Row) => ({ ...row, ...splitIn(row, text) });
  return {
    loanNo: found.loanNo,
    asOf: found.asOf,
    plan: plan === null ? null : planIn(plan),
    status: found.status,
    position: position === null ? null : standingIn(position, text),
    shares,
    had: found.had.map(split),
    items: found.items.map(split),
    claims: found.claims.map(({ loanNo: _, ...claim }) => ({
      ...{ ...claim, amount: text(claim.amount), paid: text(claim.paid) },
    })),
    differing: found.differing.map(({ loanNo: _, ...row }) => ({
      ...{ ...row, position: text(row.position), claims: text(row.claims) },
    })),
    acts: found.acts.map((act) => ({ ...act, amount: text(act.amount), owed: orNone(act.owed) })),
    orders: found.orders.map((order) => ({
      ...{ ...order, amount: text(order.amount), collected: text(order.collected) },
    })),
    settlements: found.settlements.map((row) => ({
      ...{ ...row, amount: orNone(row.amount), ofLoan: text(row.ofLoan) },
    })),
  };
}

function planIn({ code, version, tail, guarantee }: NonNullable<LoanFunding['plan']>) {
  return { code, version, tail, guarantee };
}

function standingIn(standing: Standing, text: (fen: number) => string) {
  return {
    principal: text(standing.principal),
    principalOverdue: text(standing.principalOverdue),
    interestAccrued: text(standing.interestAccrued),
    interestDue: text(standing.interestDue),
    penaltyDue: text(standing.penaltyDue),
    compoundDue: text(standing.compoundDue),
    feeDue: text(standing.feeDue),
    total: text(standing.total),
  };
}

/** What the parties had of something, by component. */
type Split = Pick<
  LoanFunding['had'][number],
  'principal' | 'interest' | 'penalty' | 'compound' | 'fee' | 'serviceFee' | 'serviceTax'
>;

function splitIn(row: Split, text: (fen: number) => string) {
  return {
    principal: text(row.principal),
    interest: text(row.interest),
    penalty: text(row.penalty),
    compound: text(row.compound),
    fee: text(row.fee),
    serviceFee: text(row.serviceFee),
    serviceTax: text(row.serviceTax),
  };
}

const STANDING = {
  principal: 'amount',
  principalOverdue: ['amount', 'of it overdue'],
  interestAccrued: ['amount', 'interest accrued'],
  interestDue: ['amount', 'interest due'],
  penaltyDue: ['amount', 'penalty'],
  compoundDue: ['amount', 'compound'],
  feeDue: ['amount', 'fee'],
  total: 'amount',
} as const;

const SPLIT = {
  principal: 'amount',
  interest: 'amount',
  penalty: 'amount',
  compound: 'amount',
  fee: 'amount',
  serviceFee: ['amount', 'service fee'],
  serviceTax: ['amount', 'its tax'],
} as const;

function reportOf(said: Said): Report {
  const { loanNo, asOf, plan, status, shares, position } = said;
  const whole = position === null ? [] : [{ party: null, part: null, ...position }];
  const columns = { party: 'text', part: 'count', ...STANDING } as const;
  const isAlone = plan === null;
  return {
    head: { loanNo, asOf, status },
    headline: `loan ${loanNo}`,
    main: 'shares',
    tables: [
      recordTable(
        'plan',
        plan,
        {},
        {
          title: 'plan',
          empty: 'The lender funds it alone: it has no funding plan.',
        },
      ),
      // The last line is the loan itself, which the parties sum to.
      tableOf('shares', columns, [...shares, ...whole], {
        title: asOf === null ? 'shares' : `shares ${asOf}, and the loan`,
        screen: { isOptional: isAlone },
      }),
      ...pastTables(said),
      tableOf('settlements', SETTLEMENTS, said.settlements, {
        title: 'settlements (positive: we pay; without a reference: not settled yet)',
        screen: { isOptional: true },
      }),
    ],
  };
}

/** What happened, each table left out on a screen where nothing did. */
function pastTables({ had, items, claims, differing, acts, orders }: Said) {
  const screen = { isOptional: true };
  return [
    tableOf('had', { party: 'text', movement: 'text', events: 'count', ...SPLIT }, had, {
      ...{ title: 'what each party had', screen },
    }),
    tableOf('items', ITEMS, items, { title: 'item by item', screen }),
    tableOf('claims', CLAIMS, claims, { title: 'claims', screen }),
    tableOf('differing', DIFFERING, differing, { title: 'differs from its claims', screen }),
    tableOf('acts', ACTS, acts, { title: "the guarantor's answers", screen }),
    tableOf('orders', ORDERS, orders, { title: 'deduction orders', screen }),
  ];
}

const ITEMS = {
  businessDate: ['date', 'booked on'],
  party: 'text',
  movement: 'text',
  ref: 'text',
  ...SPLIT,
} as const;

const CLAIMS: Columns<Said['claims'][number]> = {
  guarantor: 'text',
  kind: 'text',
  seq: 'count',
  reason: 'text',
  day: 'date',
  amount: 'amount',
  paid: 'amount',
  state: 'text',
  daysPastDue: ['count', 'days past due'],
  customerDaysPastDue: ['count', "the customer's"],
};

const DIFFERING: Columns<Said['differing'][number]> = {
  seq: 'count',
  component: 'text',
  position: 'amount',
  claims: ['amount', 'by the claims'],
};

const ACTS: Columns<Said['acts'][number]> = {
  day: 'date',
  type: 'text',
  seq: 'count',
  amount: 'amount',
  ref: 'text',
  owedAs: ['text', 'owed back as'],
  owed: 'amount',
};

const ORDERS: Columns<Said['orders'][number]> = {
  orderNo: ['text', 'order'],
  channel: 'text',
  askedOn: ['date', 'asked on'],
  seq: 'count',
  attempt: 'count',
  part: 'count',
  amount: 'amount',
  state: 'text',
  class: 'text',
  collected: 'amount',
};

const SETTLEMENTS: Columns<Said['settlements'][number]> = {
  party: 'text',
  reference: 'text',
  direction: 'text',
  dueOn: ['date', 'due on'],
  from: 'date',
  to: 'date',
  amount: ['amount', 'transfer'],
  ofLoan: ['amount', 'of this loan'],
};
