import { resolveTarget } from '../../db/resolve-target.js';
import { resumeNight } from '../../jobs/plan/run/begin-night.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { actInBook } from '../shell/person-option.js';
import { clockOf, lookingNow, runClaimed } from './run-claimed.js';

export const command: CommandModule<[string], { date?: string; by?: string }> = {
  configure(cmd) {
    cmd.argument('<plan>').option('--date <date>').option('--by <name>');
  },
  async run(context, [plan], { date: text, by }) {
    const date = dayOption('--date', text);
    const clock = clockOf(context);
    const actor = { by, act: 'night', isNamed: false } as const;
    const claim = await actInBook(context, actor, (client) =>
      resumeNight(client, plan, date, lookingNow(clock)),
    );
    const target = await resolveTarget(context.bookFolder, context.env);
    return runClaimed(context, target, claim, clock);
  },
};
