import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { type Report, recordTable, tableOf } from '../../files/report.js';
import type { EventView, InstallmentView, LoanView } from '../../jobs/loan/loan-view.js';
import { showLoan } from '../../jobs/loan/show-loan.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly asOf?: string;
  readonly knownAt?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    configureReport(cmd.argument('<loan-no>').option('--as-of <date>').option('--known-at <date>'));
  },
  async run(context, [loanNo], options) {
    const asOf = dayOption('--as-of', options.asOf);
    const knownAt = dayOption('--known-at', options.knownAt);
    const way = wayOut(context, options);
    const target = await resolveTarget(context.bookFolder, context.env);
    const loan = await withClient(
      target,
      { applicationName: 'loanbook loan show' },
      async (client) => {
        await requireMigrated(client);
        return showLoan(client, loanNo, asOf, knownAt, keySourceOf(context));
      },
    );
    await putReport(context, reportOf(loan), way, { document: loan });
  },
};

const TERMS = {
  principal: 'amount',
  rate: 'rate',
  disbursedOn: 'date',
  firstDueOn: 'date',
} as const;

const POSITION = {
  businessDate: 'date',
  foldedOn: 'date',
  principal: 'amount',
  principalOverdue: 'amount',
  interestAccrued: 'amount',
  interestDue: 'amount',
  penaltyDue: 'amount',
  compoundDue: 'amount',
  feeDue: 'amount',
  suspense: 'amount',
  refundDue: 'amount',
  nextDueOn: 'date',
} as const;

function reportOf(loan: LoanView): Report {
  const { product, version, productName, ...rest } = loan.terms;
  const terms = { product: `${product} v${version} ${productName}`, ...rest };
  const none = loan.asOf === null ? 'no day is sealed yet' : 'not in the book on that day';
  return {
    head: {},
    headline: `loan ${loan.loanNo}`,
    main: 'installments',
    tables: [
      recordTable('terms', terms, TERMS, { inWords: true }),
      recordTable('party', loan.party, {}, { title: 'party', inWords: true }),
      recordTable('position', loan.position, POSITION, {
        title: positionTitle(loan),
        inWords: true,
        empty: none,
      }),
      recordTable('held', loan.held, { since: 'date' }, { title: 'held' }),
      tableOf('schedule', SCHEDULE, loan.schedule, { title: 'schedule' }),
      tableOf('installments', INSTALLMENTS, loan.installments.map(installmentLine), {
        title: 'instalments',
      }),
      tableOf('events', EVENTS, loan.events.map(eventLine), { title: 'events' }),
      tableOf('entries', ENTRIES, loan.entries, {
        title: 'entries (accrual and due are posted once for the accounting group)',
      }),
    ],
  };
}

function positionTitle({ asOf, knownAt }: LoanView): string {
  if (asOf === null) return 'position';
  return asOf === knownAt ? `position ${asOf}` : `position ${asOf}, as known at ${knownAt}`;
}

const SCHEDULE = {
  seq: 'count',
  dueOn: ['date', 'due on'],
  days: 'count',
  principal: 'amount',
  interest: 'amount',
  total: 'amount',
  balanceAfter: ['amount', 'balance after'],
} as const;

interface InstallmentLine {
  readonly seq: number;
  readonly dueOn: string;
  readonly status: string;
  readonly principal: string;
  readonly interest: string;
  readonly penalty: string;
  readonly compound: string;
  readonly fee: string;
}

/** Each component as `paid / due`; a component that nothing is asked of stays empty. */
function installmentLine({ seq, dueOn, status, ...components }: InstallmentView): InstallmentLine {
  const figures = ({ due, paid }: InstallmentView['principal']) =>
    /[1-9]/.test(due) ? `${paid} / ${due}` : '';
  return {
    seq,
    dueOn,
    status,
    principal: figures(components.principal),
    interest: figures(components.interest),
    penalty: figures(components.penalty),
    compound: figures(components.compound),
    fee: figures(components.fee),
  };
}

const INSTALLMENTS = {
  seq: 'count',
  dueOn: ['date', 'due on'],
  status: 'text',
  principal: ['figure', 'principal paid / due'],
  interest: 'figure',
  penalty: 'figure',
  compound: 'figure',
  fee: 'figure',
} as const;

interface EventLine {
  readonly businessDate: string;
  readonly valueDate: string;
  readonly type: string;
  readonly ref: string;
  readonly amount: string;
  readonly outcome: string;
  readonly allocated: string;
  readonly toSuspense: string;
}

function eventLine(event: EventView): EventLine {
  const { rule, buyer } = event;
  return {
    ...event,
    type: buyer === null ? event.type : `${event.type} to ${buyer}`,
    outcome: rule === null ? event.outcome : `rejected: ${rule}`,
  };
}

const EVENTS = {
  businessDate: ['date', 'booked on'],
  valueDate: ['date', 'value date'],
  type: 'text',
  ref: 'text',
  amount: 'amount',
  outcome: 'text',
  allocated: 'amount',
  toSuspense: ['amount', 'to suspense'],
} as const;

const ENTRIES = {
  businessDate: ['date', 'day'],
  voucher: 'count',
  account: 'text',
  nameZh: ['text', '科目'],
  name: 'text',
  debit: 'amount',
  credit: 'amount',
  movement: 'text',
  ref: 'text',
} as const;
