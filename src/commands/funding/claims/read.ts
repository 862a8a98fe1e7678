import { formatAmount } from '../../../accounting/money/amount-text.js';
import { readClaimAnswers } from '../../../jobs/funding/claims/read-answers.js';
import type { CommandModule } from '../../shell/command-module.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { printOutcome } from '../../shell/output.js';
import { actInBook } from '../../shell/person-option.js';
import { configureWait, waitsOf } from '../../shell/wait-option.js';

interface Options {
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly wait?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    configureWait(cmd.argument('<file>').option('--dry-run').option('--by <name>'));
  },
  async run(context, [file], { dryRun = false, by, wait }) {
    const waits = waitsOf(context, wait === undefined ? {} : { wait });
    const actor = { by, act: 'partner', isNamed: false } as const;
    const { paid, returned, minorDigits, ...rest } = await actInBook(
      context,
      actor,
      (client, person) => readClaimAnswers(client, { file, by: person, dryRun, waits }),
    );
    const text = (amount: number) => formatAmount(amount, minorDigits);
    printOutcome(context, { ...rest, paid: text(paid), returned: text(returned) });
    noteDoneBefore(context, rest.outcome);
    return undefined;
  },
};
