import { stopNight } from '../../jobs/plan/run/act-on-night.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

export const command: CommandModule<[string], { date?: string; by?: string }> = {
  configure(cmd) {
    cmd.argument('<plan>').option('--date <date>').option('--by <name>');
  },
  async run(context, [plan], { date: text, by }) {
    const which = { plan, date: dayOption('--date', text) };
    const stopped = await actInBook(context, { by, act: 'night' }, (client, person) =>
      stopNight(client, which, { by: person }),
    );
    printOutcome(context, { ...stopped });
    context.note(
      `Its jobs are told to end; \`loanbook night status ${plan}\` shows when they have.`,
    );
    return undefined;
  },
};
