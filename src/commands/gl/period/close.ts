import { formatAmount } from '../../../accounting/money/amount-text.js';
import { checksBesideHash } from '../../../jobs/eod/checks/check-day.js';
import { closePeriod } from '../../../jobs/period/close-period.js';
import type { CommandModule } from '../../shell/command-module.js';
import type { CommandContext } from '../../shell/context.js';
import { inBookByDays } from '../../shell/day-sessions.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { printOutcome } from '../../shell/output.js';
import { personOption } from '../../shell/person-option.js';
import { configureWait, waitsOf } from '../../shell/wait-option.js';

interface Options {
  readonly by?: string;
  readonly acceptUnproven?: string;
  readonly wait?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<period>').option('--by <name>').option('--accept-unproven <reason>');
    configureWait(cmd);
  },
  async run(context, [name], options) {
    const by = personOption(options.by);
    let bar: ReturnType<CommandContext['progress']> | undefined;
    const onProgress = (total: number) => {
      bar ??= context.progress({ label: `period ${name}`, total, unit: 'steps' });
      bar.advance(1);
    };
    const { acceptUnproven } = options;
    const { signal } = context;
    const waits = waitsOf(context, options);
    const closing = { name, by, acceptUnproven, checksOf: checksBesideHash };
    const job = { ...closing, onProgress, waits, signal };
    const { carried, minorDigits, ...closed } = await inBookByDays(
      context,
      'loanbook gl period close',
      (client, helpers) => closePeriod(client, { ...job, helpers }),
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
