import { type ExplainedVoucher, explainVoucher } from '../../jobs/ledger/explain.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { countOption } from '../shell/count-option.js';
import { dayOption } from '../shell/day-option.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printJson, printRecord, printTable } from '../shell/output.js';

interface Options {
  readonly date: string;
  readonly loans?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<voucher>').requiredOption('--date <date>').option('--loans <n>');
  },
  async run(context, [voucher], options) {
    const date = dayOption('--date', options.date)!;
    const loans = countOption('--loans', options.loans, 0, 1_000_000) ?? 20;
    const found = await inBook(context, (client) =>
      explainVoucher(client, date, idArgument(ID.voucher, voucher), loans),
    );
    if (context.json) printJson(context.stdout, found);
    else print(context.stdout, found);
    return undefined;
  },
};

function print(out: CommandContext['stdout'], found: ExplainedVoucher): void {
  const { lines, loans, ...head } = found;
  printRecord(out, { ...head, because: head.because });
  out.write('\n');
  printTable(
    out,
    [
      { key: 'account', title: 'account' },
      { key: 'name', title: '科目' },
      { key: 'debit', title: 'debit', align: 'right' },
      { key: 'credit', title: 'credit', align: 'right' },
      { key: 'rule', title: 'posted by' },
    ],
    lines.map((line) => ({
      ...line,
      rule: line.rules
        .map(
          ({ path, on, balance, state, only }) =>
            `${path} ${on} of ${balance}, ${state}${only === '' ? '' : `, only ${only}`}`,
        )
        .join(' or '),
    })),
  );
  if (loans.length === 0) return;
  out.write('\n');
  printTable(
    out,
    [
      { key: 'loanNo', title: 'loan' },
      { key: 'amount', title: 'share', align: 'right' },
    ],
    loans,
  );
}
