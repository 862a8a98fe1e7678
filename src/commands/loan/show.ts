import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import type { EventView, InstallmentView, LoanView } from '../../jobs/loan/loan-view.js';
import { showLoan } from '../../jobs/loan/show-loan.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { dayOption } from '../shell/day-option.js';
import { type Cell, type Column, printJson, printRecord, printTable } from '../shell/output.js';

export const command: CommandModule<[string], { asOf?: string; knownAt?: string }> = {
  configure(cmd) {
    cmd.argument('<loan-no>').option('--as-of <date>').option('--known-at <date>');
  },
  async run(context, [loanNo], options) {
    const asOf = dayOption('--as-of', options.asOf);
    const knownAt = dayOption('--known-at', options.knownAt);
    const target = await resolveTarget(context.bookFolder, context.env);
    const loan = await withClient(
      target,
      { applicationName: 'loanbook loan show', settings: { jit: 'off' } },
      async (client) => {
        await requireMigrated(client);
        return showLoan(client, loanNo, asOf, knownAt);
      },
    );
    if (context.json) printJson(context.stdout, loan);
    else printLoan(context.stdout, loan);
  },
};

type Out = CommandContext['stdout'];

function printLoan(out: Out, loan: LoanView): void {
  out.write(`loan ${loan.loanNo}\n\n`);
  const { product, version, productName, ...terms } = loan.terms;
  printRecord(out, { product: `${product} v${version} ${productName}`, ...spaced(terms) });
  section(out, positionTitle(loan));
  if (loan.position !== null) printRecord(out, spaced(loan.position));
  else if (loan.asOf !== null) out.write('not in the book on that day\n');
  if (loan.held !== null) {
    printRecord(out, { 'held since': loan.held.since, reason: loan.held.reason });
  }
  section(out, 'schedule');
  printTable(out, SCHEDULE_COLUMNS, loan.schedule);
  section(out, 'instalments');
  printTable(out, INSTALLMENT_COLUMNS, loan.installments.map(installmentLine));
  section(out, 'events');
  printTable(out, EVENT_COLUMNS, loan.events.map(eventLine));
  section(out, 'entries (accrual and due are posted once for the accounting group)');
  printTable(out, ENTRY_COLUMNS, loan.entries);
}

function positionTitle({ asOf, knownAt }: LoanView): string {
  if (asOf === null) return 'position: no day is sealed yet';
  return asOf === knownAt ? `position ${asOf}` : `position ${asOf}, as known at ${knownAt}`;
}

function section(out: Out, title: string): void {
  out.write(`\n${title}\n\n`);
}

/** `principalOverdue` is shown as `principal overdue`. */
function spaced(record: object): Record<string, Cell> {
  return Object.fromEntries(
    Object.entries(record as Record<string, Cell>)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [
        key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
        value,
      ]),
  );
}

const SCHEDULE_COLUMNS: readonly Column<LoanView['schedule'][number]>[] = [
  { key: 'seq', title: 'seq', align: 'right' },
  { key: 'dueOn', title: 'due on' },
  { key: 'days', title: 'days', align: 'right' },
  { key: 'principal', title: 'principal', align: 'right' },
  { key: 'interest', title: 'interest', align: 'right' },
  { key: 'total', title: 'total', align: 'right' },
  { key: 'balanceAfter', title: 'balance after', align: 'right' },
];

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

const INSTALLMENT_COLUMNS: readonly Column<InstallmentLine>[] = [
  { key: 'seq', title: 'seq', align: 'right' },
  { key: 'dueOn', title: 'due on' },
  { key: 'status', title: 'status' },
  { key: 'principal', title: 'principal paid / due', align: 'right' },
  { key: 'interest', title: 'interest', align: 'right' },
  { key: 'penalty', title: 'penalty', align: 'right' },
  { key: 'compound', title: 'compound', align: 'right' },
  { key: 'fee', title: 'fee', align: 'right' },
];

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

const EVENT_COLUMNS: readonly Column<EventLine>[] = [
  { key: 'businessDate', title: 'booked on' },
  { key: 'valueDate', title: 'value date' },
  { key: 'type', title: 'type' },
  { key: 'ref', title: 'ref' },
  { key: 'amount', title: 'amount', align: 'right' },
  { key: 'outcome', title: 'outcome' },
  { key: 'allocated', title: 'allocated', align: 'right' },
  { key: 'toSuspense', title: 'to suspense', align: 'right' },
];

const ENTRY_COLUMNS: readonly Column<LoanView['entries'][number]>[] = [
  { key: 'businessDate', title: 'day' },
  { key: 'voucher', title: 'voucher', align: 'right' },
  { key: 'account', title: 'account' },
  { key: 'nameZh', title: '科目' },
  { key: 'name', title: 'name' },
  { key: 'debit', title: 'debit', align: 'right' },
  { key: 'credit', title: 'credit', align: 'right' },
  { key: 'movement', title: 'movement' },
  { key: 'ref', title: 'ref' },
];
