import { parseAmount } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { TableColumn, TableRow } from '../../files/table.js';
import { type CellChoice, writeTables } from '../../files/table-file.js';
import {
  type CoreBreak,
  type CoreComparison,
  reconcileCore,
} from '../../jobs/reconcile/core-balances.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { dayOption } from '../shell/day-option.js';
import { type Column, printJson, printTable } from '../shell/output.js';
import { requireTableFile } from '../shell/put-report.js';
import { configureSender, type SenderFlags, senderSays } from '../shell/sender-options.js';

interface Options extends SenderFlags {
  readonly asOf: string;
  readonly tolerance?: string;
  readonly out?: string;
  readonly raw?: boolean;
}

/** Breaks that are shown without a file. */
const SHOWN = 20;

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    configureSender(cmd);
    cmd
      .argument('<file>')
      .requiredOption('--as-of <date>')
      .option('--tolerance <units>')
      .option('--out <file>')
      .option('--raw');
  },
  async run(context, [file], options) {
    const date = dayOption('--as-of', options.asOf)!;
    const tolerance = toleranceOf(options.tolerance);
    const { out, raw } = options;
    requireTableFile(out);
    const found = await inBook(context, (client) =>
      reconcileCore(client, file, {
        date,
        tolerance,
        most: SHOWN,
        says: senderSays(options),
        ...(out === undefined ? {} : { write: (rows) => writeBreaks(out, rows, { raw }) }),
      }),
    );
    if (context.json) printJson(context.stdout, found);
    else print(context.stdout, found, out);
    return found.breaks === 0 ? EXIT.done : EXIT.difference;
  },
};

function toleranceOf(text: string | undefined): number {
  const value = text === undefined ? 0 : parseAmount(text, 0);
  if (value !== undefined && value >= 0) return value;
  throw new LoanbookError('malformed_number', '--tolerance is no count of minor units', {
    exitCode: EXIT.usage,
    evidence: { option: '--tolerance', value: text ?? '' },
    next: 'give a whole number from 0; 1 is one fen',
  });
}

const COLUMNS: readonly Column<CoreBreak>[] = [
  { key: 'kind', title: 'break' },
  { key: 'loanNo', title: 'loan' },
  { key: 'measure', title: 'measure' },
  { key: 'here', title: 'here', align: 'right' },
  { key: 'there', title: 'there', align: 'right' },
];

function writeBreaks(
  file: string,
  rows: AsyncIterable<CoreBreak>,
  choice: CellChoice,
): Promise<void> {
  const columns = COLUMNS.map(({ key, title, align }): TableColumn => {
    return { key, title, kind: align === 'right' ? 'figure' : 'text' };
  });
  return writeTables(file, [{ name: 'breaks', columns, rows: plain(rows) }], choice);
}

async function* plain(rows: AsyncIterable<CoreBreak>): AsyncGenerator<TableRow> {
  for await (const row of rows) yield { ...row };
}

function print(out: CommandContext['stdout'], found: CoreComparison, file?: string): void {
  const { businessDate, loansHere, loansThere, compared, breaks, byKind, first } = found;
  out.write(`${businessDate}: ${loansHere} loans here, ${loansThere} in the file\n`);
  out.write(`compared: ${compared.join(', ')}\n`);
  if (breaks === 0) {
    out.write('no difference\n');
    return;
  }
  out.write(`${breaks} differences\n\n`);
  printTable(
    out,
    [
      { key: 'kind', title: 'break' },
      { key: 'measure', title: 'measure' },
      { key: 'loans', title: 'loans', align: 'right' },
      { key: 'difference', title: 'here less there', align: 'right' },
    ],
    byKind,
  );
  out.write('\n');
  printTable(out, COLUMNS, first);
  if (breaks <= first.length) return;
  out.write(file === undefined ? 'and more: --out FILE lists all\n' : `all of them: ${file}\n`);
}
