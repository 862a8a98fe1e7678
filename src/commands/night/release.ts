import { resolveTarget } from '../../db/resolve-target.js';
import { releaseNight } from '../../jobs/plan/run/act-on-night.js';
import { resumeNight } from '../../jobs/plan/run/begin-night.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { clockOf, lookingNow, runClaimed } from './run-claimed.js';

export const command: CommandModule<[string, string | undefined], { date?: string; by?: string }> =
  {
    configure(cmd) {
      cmd.argument('<plan>').argument('[job]').option('--date <date>').option('--by <name>');
    },
    async run(context, [plan, job], { date: text, by }) {
      const which = { plan, job, date: dayOption('--date', text) };
      const clock = clockOf(context);
      const actor = { by, act: 'night', isNamed: false } as const;
      const {
        claim,
        isOver: _,
        ...acted
      } = await actInBook(context, actor, async (client, person) => {
        const released = await releaseNight(client, which, { by: person });
        // It had ended held, and nobody else is at it.
        const again = released.isOver
          ? await resumeNight(client, plan, which.date, lookingNow(clock))
          : undefined;
        return { ...released, claim: again };
      });
      if (claim === undefined) {
        printOutcome(context, { ...acted });
        return undefined;
      }
      const target = await resolveTarget(context.bookFolder, context.env);
      return runClaimed(context, target, claim, clock);
    },
  };
