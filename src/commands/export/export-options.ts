import type { Command } from 'commander';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { findLayout } from '../../files/layout/find-layout.js';
import { requireOtherFile, requireRegularTarget } from '../../files/new-file.js';
import type { ExportKind } from '../../jobs/export/export-columns.js';
import { type ExportOutcome, exportFile } from '../../jobs/export/export-file.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { countOption } from '../shell/count-option.js';
import { printOutcome } from '../shell/output.js';
import { sendOut } from '../shell/register/send-out.js';

export interface ExportFlags {
  readonly layout?: string;
  readonly maxLeftOut?: string;
}

/** The command that exports a kind of file. */
export function exportCommand(kind: ExportKind): CommandModule<[string], ExportFlags> {
  return {
    configure: (cmd: Command) => {
      cmd.argument('<file>').option('--layout <layout>').option('--max-left-out <count>');
    },
    run: (context, [file], flags) => runExport(context, kind, file, flags),
  };
}

async function runExport(
  context: CommandContext,
  kind: ExportKind,
  file: string,
  { layout: named, maxLeftOut: most }: ExportFlags,
): Promise<undefined> {
  const maxLeftOut = countOption('--max-left-out', most, 0, 999_999_999);
  requireRegularTarget(file);
  if (named !== undefined) requireOtherFile(file, named);
  const layout = named === undefined ? undefined : await findLayout(named);
  const { signal } = context;
  const outcome = await sendOut(
    context,
    file,
    (path) =>
      inBook(context, (client) =>
        exportFile(client, { kind, file: path, layout, maxLeftOut, signal }),
      ),
    ({ control }) =>
      control === undefined
        ? undefined
        : { suffix: layout?.control?.suffix ?? '', text: `${control}\n` },
  );
  show(context, { ...outcome, file });
  return undefined;
}

function show(context: CommandContext, outcome: ExportOutcome): void {
  const { total, minorDigits, firstLeftOut, control: _, ...counts } = outcome;
  printOutcome(context, {
    ...counts,
    total: formatAmount(total, minorDigits),
    ...(context.json ? { loansLeftOut: firstLeftOut.map(({ loanNo }) => loanNo) } : {}),
  });
  for (const { loanNo, reason } of firstLeftOut) {
    context.note(`Loan ${loanNo} was left out: ${reason}.`);
  }
  if (outcome.rounded > 0) {
    const loans = `${outcome.rounded} loans`;
    context.note(`Of ${loans} a fraction of penalty or compound interest stays behind.`);
  }
}
