import { resolveTarget } from '../../db/resolve-target.js';
import type { DatabaseTarget } from '../../db/target.js';
import { AlarmSender } from '../../jobs/plan/alarms/alarm-sender.js';
import type { CommandContext } from '../shell/context.js';

/** A look that has nothing else to do sends each to its end: three tries need 36 seconds. */
const LEFT_ALARMS_MS = 40_000;

/** Sends alarms of a plan, or of all plans, beside what this process does. */
export function alarmSenderOf(
  context: CommandContext,
  target: DatabaseTarget,
  plan?: string,
): AlarmSender {
  const { env, bookFolder, log, signal: stop } = context;
  return new AlarmSender(target, {
    ...(plan !== undefined && { plan }),
    env: { ...env, LOANBOOK_HOME: bookFolder },
    stop,
    tell(what) {
      if ('error' in what) return log.warn({ err: what.error }, 'alarms cannot be sent now');
      const { next: _next, book: _book, ...of } = what.alarm;
      log.warn({ ...of, failure: what.failure }, 'an alarm could not be sent');
    },
  });
}

/** Sends what is left of the alarms of a plan. */
export async function sendLeftAlarms(context: CommandContext, plan: string): Promise<void> {
  const target = await resolveTarget(context.bookFolder, context.env);
  await alarmSenderOf(context, target, plan).end(LEFT_ALARMS_MS);
}
