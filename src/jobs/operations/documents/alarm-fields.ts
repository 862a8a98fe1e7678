import type { z } from 'zod';
import { field, mapping, oneOf, someOf, someWords } from '../../../documents/fields.js';
import type { Violation } from '../../../documents/violations.js';
import { ALARM_KINDS, type AlarmRule } from '../../../operations/plan/alarm-rule.js';

export const alarmSchema = mapping({
  on: someOf(oneOf(...ALARM_KINDS)),
  command: someWords().optional(),
  webhook: webAddress().optional(),
});
type AlarmDocument = z.output<typeof alarmSchema>;

/** A login in it would be sent to nobody: addresses are called without one. */
function webAddress() {
  const rule = 'must be an address of http or https, without a login';
  return field(rule, { type: 'string', format: 'uri', pattern: '^https?://' }, (text) => {
    if (!/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return undefined;
    const { username, password } = new URL(text);
    return username === '' && password === '' ? text : undefined;
  });
}

export function wayless(alarms: readonly AlarmDocument[]): Violation[] {
  return alarms.flatMap(({ command, webhook }, at) =>
    (command === undefined) === (webhook === undefined)
      ? [{ path: `alarms[${at}]`, rule: 'must have either command or webhook' }]
      : [],
  );
}

/** A rule that has one way. */
export function readAlarm({ on, command = [], webhook }: AlarmDocument): AlarmRule {
  return { on, way: webhook === undefined ? { command } : { webhook } };
}
