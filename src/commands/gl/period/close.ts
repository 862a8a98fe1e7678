import { formatAmount } from '../../../accounting/money/amount-text.js';
import { checksBesideHash } from '../../../jobs/eod/checks/check-day.js';
import { closePeriod } from '../../../jobs/period/close-period.js';
import type { CommandModule } from '../../shell/command-module.js';
import type { CommandContext } from '../../shell/context.js';
import { inBookByDays } from '../../shell/day-sessions.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { printOutcome } from '../../shell/output.js';
import { actingIn } from '../../shell/person-option.js';

export const command: CommandModule<[string], { by?: string; acceptUnproven?: string }> = {
  configure(cmd) {
    cmd.argument('<period>').option('--by <name>').option('--accept-unproven <reason>');
  },
  async run(context, [name], options) {
    let bar: ReturnType<CommandContext['progress']> | undefined;
    const onProgress = (total: number) => {
      bar ??= context.progress({ label: `period ${name}`, total, unit: 'steps' });
      bar.advance(1);
    };
    const { acceptUnproven } = options;
    const { signal } = context;
    const job = { name, acceptUnproven, checksOf: checksBesideHash, onProgress, signal };
    const { carried, minorDigits, ...closed } = await inBookByDays(
      context,
      'loanbook gl period close',
      async (client, helpers) => {
        const by = await actingIn(client, { by: options.by, act: 'period_close' });
        return closePeriod(client, { ...job, by, helpers });
      },
    ).finally(() => bar?.finish());
    printOutcome(context, {
      ...closed,
      profit: carried === null ? undefined : formatAmount(carried.profit, minorDigits),
      carriedEntries: carried?.entries,
      carriedOn: carried?.postedOn,
    });
    noteDoneBefore(context, closed.outcome === 'already_closed' ? 'unchanged' : closed.outcome);
    return undefined;
  },
};
