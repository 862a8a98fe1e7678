import type { Calendar } from '../../accounting/calendar/calendar.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { Duration } from '../clock/instant.js';
import type { Window } from '../clock/window.js';
import type { WallTime, Zone } from '../clock/zone.js';
import type { AlarmRule } from './alarm-rule.js';
import type { Condition } from './condition.js';

/** What an attempt runs: a command of this program, or another one. Its words have places. */
export interface Line {
  readonly kind: 'run' | 'program';
  readonly words: readonly string[];
}

export interface AwaitedFile {
  readonly name: string;
  /** What is put behind the name for the file that says that it is whole. */
  readonly control: string | null;
}

export interface Retry {
  readonly times: number;
  readonly wait: Duration;
  readonly factor: number;
  readonly max: Duration;
  readonly on: readonly number[];
}

export interface Job {
  readonly name: string;
  readonly line: Line;
  readonly needs: readonly string[];
  readonly when: Condition;
  /** Runs once its needs have ended, however. */
  readonly always: boolean;
  readonly files: readonly AwaitedFile[];
  readonly filesBy: WallTime | null;
  readonly filesMissing: 'fail' | 'skip' | 'wait';
  readonly window: Window | null;
  readonly windowMissed: 'wait' | 'fail';
  readonly deadline: WallTime | null;
  readonly timeOut: Duration | null;
  readonly retry: Retry | null;
  /** Exits beside 0 that count as done. */
  readonly accept: readonly number[];
  readonly skip: 'two_persons' | 'never';
}

export interface Plan {
  readonly name: string;
  readonly version: number;
  readonly timeZone: string;
  readonly calendar: string | null;
  readonly firstDate: EpochDay;
  readonly at: WallTime;
  /** Calendar days from the business date to the day on which it is due. */
  readonly afterDays: number;
  readonly on: Condition;
  readonly missed: 'all' | 'latest' | 'none';
  readonly startWithin: Duration;
  readonly parallel: number;
  readonly parameters: Readonly<Record<string, string>>;
  /** In their order: it decides wherever two could be first. */
  readonly jobs: readonly Job[];
  /** Nothing here goes by them: whoever runs a night sends what they name. */
  readonly alarms: readonly AlarmRule[];
}

/** A plan with what its times and conditions are read by. */
export interface PlanAtHand {
  readonly plan: Plan;
  readonly zone: Zone;
  readonly calendar: Calendar;
}

/** What is wrong with a plan: where in its document, by which rule. */
export interface PlanFault {
  readonly path: string;
  readonly rule: string;
  readonly value?: unknown;
}
