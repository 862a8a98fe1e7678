import { formatAmount } from '../../../accounting/money/amount-text.js';
import { EXIT } from '../../../errors.js';
import { writeClaims } from '../../../jobs/funding/claims/write-claims.js';
import type { CommandModule } from '../../shell/command-module.js';
import { dayOption } from '../../shell/day-option.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { printOutcome } from '../../shell/output.js';
import { actInBook } from '../../shell/person-option.js';
import { configureWait, waitsOf } from '../../shell/wait-option.js';

interface Options {
  readonly date?: string;
  readonly guarantor?: string;
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly wait?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<file>').requiredOption('--guarantor <code>').requiredOption('--date <date>');
    configureWait(cmd.option('--dry-run').option('--by <name>'));
  },
  async run(context, [file], { date, guarantor = '', dryRun = false, by, wait }) {
    const waits = waitsOf(context, wait === undefined ? {} : { wait });
    const asked = { date: dayOption('--date', date)!, guarantor, file, dryRun, waits };
    const actor = { by, act: 'partner', isNamed: false } as const;
    const written = await actInBook(context, actor, (client, person) =>
      writeClaims(client, { ...asked, by: person }),
    );
    const { amount, minorDigits, differing, ...rest } = written;
    const loans = new Set(differing.map(({ loanNo }) => loanNo)).size;
    printOutcome(context, { ...rest, amount: formatAmount(amount, minorDigits), differing: loans });
    noteDoneBefore(context, written.outcome);
    return loans === 0 ? undefined : EXIT.difference;
  },
};
