import { type Report, recordTable, tableOf } from '../../files/report.js';
import { type ExplainedVoucher, explainVoucher } from '../../jobs/ledger/explain.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { dayOption } from '../shell/day-option.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Options extends ReportFlags {
  readonly date: string;
  readonly loans?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<voucher>').requiredOption('--date <date>').option('--loans <n>');
    configureReport(cmd);
  },
  async run(context, [voucher], options) {
    const date = dayOption('--date', options.date)!;
    const loans = countOption('--loans', options.loans, 0, 1_000_000) ?? 20;
    const way = wayOut(context, options);
    const found = await inBook(context, (client) =>
      explainVoucher(client, date, idArgument(ID.voucher, voucher), loans),
    );
    await putReport(context, reportOf(found), way, { document: found });
    return undefined;
  },
};

const LINES = {
  account: 'text',
  name: ['text', '科目'],
  debit: 'amount',
  credit: 'amount',
  rule: ['text', 'posted by'],
} as const;

function reportOf({ lines, loans, ...head }: ExplainedVoucher): Report {
  const posted = lines.map(({ rules, ...line }) => ({
    ...line,
    rule: rules
      .map(
        ({ path, on, balance, state, only }) =>
          `${path} ${on} of ${balance}, ${state}${only === '' ? '' : `, only ${only}`}`,
      )
      .join(' or '),
  }));
  return {
    head: {},
    main: 'lines',
    tables: [
      recordTable('voucher', head, { businessDate: 'date' }),
      tableOf('lines', LINES, posted),
      tableOf('loans', { loanNo: ['text', 'loan'], amount: ['amount', 'share'] }, loans, {
        screen: { isOptional: true },
      }),
    ],
  };
}
