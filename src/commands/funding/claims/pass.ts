import { formatAmount } from '../../../accounting/money/amount-text.js';
import { passMoney } from '../../../jobs/funding/claims/pass-money.js';
import type { CommandModule } from '../../shell/command-module.js';
import { printOutcome } from '../../shell/output.js';
import { actInBook } from '../../shell/person-option.js';
import { configureWait, waitsOf } from '../../shell/wait-option.js';

interface Options {
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly wait?: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    configureWait(cmd.option('--dry-run').option('--by <name>'));
  },
  async run(context, _args, { dryRun = false, by, wait }) {
    const waits = waitsOf(context, wait === undefined ? {} : { wait });
    const actor = { by, act: 'partner', isNamed: false } as const;
    const { amount, minorDigits, ...rest } = await actInBook(context, actor, (client, person) =>
      passMoney(client, { by: person, dryRun, waits }),
    );
    printOutcome(context, { ...rest, amount: formatAmount(amount, minorDigits) });
    return undefined;
  },
};
