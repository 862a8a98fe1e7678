import { formatAmount } from '../accounting/amount-text.js';
import { CHECK_SETTINGS } from '../jobs/eod/finish-day.js';
import { closePeriod } from '../jobs/period/close-period.js';
import { inBook } from './book-session.js';
import type { CommandModule } from './command-module.js';
import type { CommandContext } from './context.js';
import { printOutcome } from './output.js';
import { personOption } from './person-option.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<period>').option('--by <name>');
  },
  async run(context, [name], options) {
    const by = personOption(context, options.by);
    let bar: ReturnType<CommandContext['progress']> | undefined;
    const onProgress = (total: number) => {
      bar ??= context.progress({ label: `period ${name}`, total, unit: 'steps' });
      bar.advance(1);
    };
    const job = { name, by, onProgress, signal: context.signal };
    const session = { applicationName: 'loanbook gl period close', settings: CHECK_SETTINGS };
    const { carried, minorDigits, ...closed } = await inBook(
      context,
      (client) => closePeriod(client, job),
      session,
    ).finally(() => bar?.finish());
    printOutcome(context, {
      ...closed,
      profit: carried === null ? undefined : formatAmount(carried.profit, minorDigits),
      carriedEntries: carried?.entries,
      carriedOn: carried?.postedOn,
    });
    return undefined;
  },
};
