import type { Command } from 'commander';
import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { parseLayout } from '../../files/layout/layout-document.js';
import { requireOtherFile, requireRegularTarget, writeWhole } from '../../files/new-file.js';
import { readTextFile } from '../../files/text-file.js';
import type { ExportKind } from '../../jobs/export/export-columns.js';
import { type ExportOutcome, exportFile } from '../../jobs/export/export-file.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { printOutcome } from '../shell/output.js';

export interface ExportFlags {
  readonly layout?: string;
}

/** The command that exports a kind of file. */
export function exportCommand(kind: ExportKind): CommandModule<[string], ExportFlags> {
  return {
    configure: (cmd: Command) => {
      cmd.argument('<file>').option('--layout <file>');
    },
    run: (context, [file], { layout }) => runExport(context, kind, file, layout),
  };
}

async function runExport(
  context: CommandContext,
  kind: ExportKind,
  file: string,
  layoutFile: string | undefined,
): Promise<ExitCode | undefined> {
  requireRegularTarget(file);
  if (layoutFile !== undefined) requireOtherFile(file, layoutFile);
  const layout =
    layoutFile === undefined ? undefined : parseLayout(await readTextFile(layoutFile), layoutFile);
  const { signal } = context;
  const outcome = await inBook(context, (client) =>
    exportFile(client, { kind, file, layout, signal }),
  );
  if (outcome.control !== undefined) {
    await writeWhole(`${file}${layout?.control?.suffix ?? ''}`, [`${outcome.control}\n`]);
  }
  show(context, outcome);
  return outcome.leftOut > 0 ? EXIT.tooManyRejects : undefined;
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
