import { formatAmount } from '../../../accounting/money/amount-text.js';
import { EXIT } from '../../../errors.js';
import { tableOf } from '../../../files/report.js';
import { type ListedClaims, listClaims } from '../../../jobs/funding/claims/claim-rows.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { dayOption } from '../../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../../shell/put-report.js';

interface Options extends ReportFlags {
  readonly date?: string;
  readonly guarantor?: string;
  readonly open?: boolean;
}

const COLUMNS = {
  loanNo: ['text', 'loan'],
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
} as const;
const DIFFERING = {
  loanNo: ['text', 'loan'],
  seq: 'count',
  component: 'text',
  position: 'amount',
  claims: ['amount', 'by the claims'],
} as const;

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    configureReport(
      cmd.requiredOption('--date <date>').option('--guarantor <code>').option('--open'),
    );
  },
  async run(context, _args, { date, guarantor, open, ...flags }) {
    const way = wayOut(context, flags);
    const day = dayOption('--date', date)!;
    const listed = await inBook(context, (client) => listClaims(client, day, { guarantor, open }));
    const { claims, differing } = shown(listed);
    const tables = [
      tableOf('claims', COLUMNS, claims),
      ...(differing.length === 0 ? [] : [tableOf('differing', DIFFERING, differing)]),
    ];
    const document = { date: listed.date, claims, differing };
    await putReport(context, { head: { date: listed.date }, tables }, way, { document });
    return differing.length === 0 ? undefined : EXIT.difference;
  },
};

function shown({ claims, differing, minorDigits }: ListedClaims) {
  const text = (amount: number) => formatAmount(amount, minorDigits);
  return {
    claims: claims.map((row) => ({ ...row, amount: text(row.amount), paid: text(row.paid) })),
    differing: differing.map((row) => ({
      ...row,
      ...{ position: text(row.position), claims: text(row.claims) },
    })),
  };
}
