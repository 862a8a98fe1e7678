import type pg from 'pg';
import { resolveTarget } from '../../db/resolve-target.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type Begun, beginNight } from '../../jobs/plan/run/begin-night.js';
import { LOOK_SESSION, type Looked, lookAtPlan } from '../../jobs/plan/schedule/look-at-plan.js';
import { noteLook } from '../../jobs/plan/schedule/scheduler-look.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { clockOf, lookingNow, runClaimed } from './run-claimed.js';
import { sendLeftAlarms } from './send-alarms.js';

interface Options {
  readonly date?: string;
  readonly due?: boolean;
  readonly by?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<plan>').option('--date <date>').option('--due').option('--by <name>');
  },
  async run(context, [plan], { date: text, due = false, by }) {
    const date = dayOption('--date', text);
    if (due && date !== undefined) {
      throw new LoanbookError('options_conflict', '--date and --due exclude each other', {
        exitCode: EXIT.usage,
        next: '--due takes the date that is due; --date names one.',
      });
    }
    const clock = clockOf(context);
    const actor = { by, act: 'night', isNamed: false } as const;
    // A timer is a scheduler too: that it looks, and lives while a night takes its time, is kept.
    const beganAt = new Date(clock.now()).toISOString();
    const onBeat = due ? (client: pg.Client) => noteLook(client, beganAt) : undefined;
    const begin = async (client: pg.Client): Promise<Looked | Begun> => {
      await onBeat?.(client);
      return due
        ? lookAtPlan(client, plan, lookingNow(clock))
        : beginNight(client, plan, date, lookingNow(clock));
    };
    const begun = await actInBook(context, actor, begin, LOOK_SESSION);
    if ('done' in begun) {
      printOutcome(context, { ...begun.done, state: 'done', exit: 0, outcome: 'unchanged' });
      noteDoneBefore(context, 'unchanged');
      return EXIT.done;
    }
    if ('alarms' in begun) {
      for (const alarm of begun.alarms) context.log.warn(alarm, `alarm: ${alarm.kind}`);
    }
    if (begun.claim === undefined) {
      // A timer asks each minute.
      await sendLeftAlarms(context, plan);
      return EXIT.done;
    }
    const target = await resolveTarget(context.bookFolder, context.env);
    return runClaimed(context, target, begun.claim, clock, onBeat);
  },
};
