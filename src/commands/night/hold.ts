import { holdNight } from '../../jobs/plan/run/act-on-night.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

interface Options {
  readonly reason?: string;
  readonly date?: string;
  readonly by?: string;
}

export const command: CommandModule<[string, string | undefined], Options> = {
  configure(cmd) {
    cmd
      .argument('<plan>')
      .argument('[job]')
      .option('--reason <text>')
      .option('--date <date>')
      .option('--by <name>');
  },
  async run(context, [plan, job], { reason, date: text, by }) {
    const which = { plan, job, date: dayOption('--date', text) };
    const actor = { by, act: 'night', isNamed: false } as const;
    const acted = await actInBook(context, actor, (client, person) =>
      holdNight(client, which, { by: person, reason }),
    );
    printOutcome(context, { ...acted });
    return undefined;
  },
};
