import { resolveTarget } from '../../db/resolve-target.js';
import { EXIT } from '../../errors.js';
import { runNight } from '../../jobs/plan/run/night-runner.js';
import { LOOK_SESSION } from '../../jobs/plan/schedule/look-at-plan.js';
import { nextMinute } from '../../jobs/plan/schedule/minute-ticks.js';
import { runScheduler, type SchedulerEvent } from '../../jobs/plan/schedule/scheduler.js';
import { clockOf, lookingNow, portsOf } from '../night/run-claimed.js';
import { alarmSenderOf } from '../night/send-alarms.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { actInBook } from '../shell/person-option.js';

export const command: CommandModule<[], { by?: string }> = {
  configure(cmd) {
    cmd.option('--by <name>');
  },
  async run(context, _args, { by }) {
    const { signal } = context;
    let bell = new AbortController();
    const clock = clockOf(context, () => bell.abort());
    const actor = { by, act: 'night', isNamed: false } as const;
    const target = await resolveTarget(context.bookFolder, context.env);
    const alarms = alarmSenderOf(context, target);
    const left = await runScheduler({
      stop: signal,
      looking: () => lookingNow(clock),
      async nextLook() {
        bell = new AbortController();
        await nextMinute(clock, AbortSignal.any([bell.signal, signal]));
      },
      async session(fn) {
        const looked = await actInBook(context, actor, fn, LOOK_SESSION);
        // Those of the look, and what a dead process left.
        alarms.ring();
        return looked;
      },
      run: (claim) => runNight(target, claim, portsOf(context, clock, { atStop: 'leave', alarms })),
      tell: (event) => tell(context, event),
    });
    await alarms.end(0);
    if (left > 0) throw signal.reason;
    return EXIT.done;
  },
};

function tell(context: CommandContext, { what, ...event }: SchedulerEvent): void {
  const { log } = context;
  if ('error' in event) {
    const { error, ...of } = event;
    log.warn({ ...of, err: error }, SAYS[what] ?? what);
  } else if (what === 'alarm' && 'kind' in event) log.warn(event, `alarm: ${event.kind}`);
  else log.info(event, SAYS[what] ?? what);
}

const SAYS: Readonly<Record<string, string>> = {
  begun: 'a night begins here',
  over: 'a night is over',
  lost: 'a night is not run here any more',
  no_look: 'a look came to nothing; the next minute looks again',
  looks_again: 'looks come to something again',
};
