import { skipJob } from '../../jobs/plan/run/act-on-night.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { printOutcome } from '../shell/output.js';
import { actInBook, noteWaiting } from '../shell/person-option.js';

interface Options {
  readonly reason?: string;
  readonly date?: string;
  readonly by?: string;
  readonly checker?: string;
}

export const command: CommandModule<[string, string], Options> = {
  configure(cmd) {
    cmd
      .argument('<plan>')
      .argument('<job>')
      .option('--reason <text>')
      .option('--date <date>')
      .option('--by <name>')
      .option('--checker <name>');
  },
  async run(context, [plan, job], { reason, date: text, by, checker }) {
    const which = { plan, job, date: dayOption('--date', text) };
    const skipped = await actInBook(context, { by, act: 'night_skip' }, (client, person) =>
      skipJob(client, which, { by: person, reason, checker }),
    );
    printOutcome(context, { ...skipped });
    noteWaiting(context, skipped.approval);
    return undefined;
  },
};
