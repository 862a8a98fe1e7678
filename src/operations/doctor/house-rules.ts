import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { Fact, KnownFacts } from './facts.js';

/** A rule of a check, and what becomes of it where it does not hold. */
export interface HouseRule {
  readonly check: string;
  readonly status: 'fail' | 'warn';
  readonly rule: string;
  /** What has to be known before it can be said. */
  readonly needs: readonly Fact[];
  readonly holds: (facts: KnownFacts) => boolean;
  readonly next: string;
}

const DISK_NIGHTS = { fail: 2, warn: 10 } as const;
const SKEW_MS = { fail: 30_000, warn: 2_000 } as const;
const CALENDAR_DAYS = 60;
const NEXT_YEAR = 'Load the next year: `loanbook calendar apply`.';
const BACKUP_HOURS = { fail: 50, warn: 26 } as const;
const RESTORE_DAYS = 92;
const SEALS = 2 ** 31;
const LOOK_SECONDS = 180;
/** Bits of group and others. */
const OTHERS = 0o077;

/** The checks in the order of the page (OPERATIONS section 7). */
export const HOUSE_RULES: readonly HouseRule[] = [
  {
    ...fails('node', 'Node is 20.19 or later', 'Install a newer Node.'),
    needs: ['node'],
    holds: ({ node }) => isAtLeast(node, 20, 19),
  },
  {
    ...fails('server', 'PostgreSQL is 15 or later', 'Move the book to a newer server.'),
    needs: ['server'],
    holds: ({ server }) => isAtLeast(server, 15, 0),
  },
  {
    ...fails('settings', 'fsync is on', 'Set fsync = on and restart the server.'),
    needs: ['fsync'],
    holds: ({ fsync }) => fsync !== 'off',
  },
  {
    ...fails('settings', 'full_page_writes is on', 'Set full_page_writes = on.'),
    needs: ['full_page_writes'],
    holds: ({ full_page_writes }) => full_page_writes !== 'off',
  },
  {
    ...warns('settings', 'synchronous_commit is not off', 'Set synchronous_commit = on.'),
    needs: ['synchronous_commit'],
    holds: ({ synchronous_commit }) => synchronous_commit !== 'off',
  },
  {
    ...warns(
      'connections',
      'twice the workers and 8 connections are free',
      'Raise max_connections, or use fewer workers.',
    ),
    needs: ['max_connections', 'connections', 'workers'],
    holds: (facts) => facts.max_connections - facts.connections >= 2 * facts.workers + 8,
  },
  ...(['fail', 'warn'] as const).map(
    (status): HouseRule => ({
      check: 'disk',
      status,
      rule: `there is room for ${DISK_NIGHTS[status]} nights`,
      next: 'Make room, or move the book to a larger disk.',
      needs: ['disk_free', 'night_bytes'],
      holds: ({ disk_free, night_bytes }) => disk_free >= DISK_NIGHTS[status] * night_bytes,
    }),
  ),
  ...(['fail', 'warn'] as const).map(
    (status): HouseRule => ({
      check: 'clock',
      status,
      rule: `the clock is at most ${SKEW_MS[status] / 1000} s from the server's`,
      next: 'Let both keep time by NTP.',
      needs: ['clock_skew_ms'],
      holds: ({ clock_skew_ms }) => Math.abs(clock_skew_ms) <= SKEW_MS[status],
    }),
  ),
  {
    ...fails('zone', 'the time zone of every plan is known', 'Correct `time_zone` of the plan.'),
    needs: ['zones_known'],
    holds: ({ zones_known }) => zones_known,
  },
  {
    ...warns(
      'zone',
      'Node and the server have the same time zone data',
      'Bring the older of the two up to date.',
    ),
    needs: ['tz_node', 'tz_server'],
    holds: ({ tz_node, tz_server }) => tz_node === tz_server,
  },
  {
    ...fails('calendar', 'the calendar goes on after today', NEXT_YEAR),
    needs: ['calendar_through', 'today'],
    holds: (facts) => facts.calendar_through === null || daysLeft(facts) > 0,
  },
  {
    ...warns('calendar', `it goes on for more than ${CALENDAR_DAYS} days`, NEXT_YEAR),
    needs: ['calendar_through', 'today'],
    holds: (facts) => facts.calendar_through !== null && daysLeft(facts) > CALENDAR_DAYS,
  },
  {
    ...fails('closed', 'no day is behind', 'Close what is due: `loanbook eod run --through`.'),
    needs: ['days_behind'],
    holds: ({ days_behind }) => days_behind < 1,
  },
  ...(['fail', 'warn'] as const).map(
    (status): HouseRule => ({
      check: 'backup',
      status,
      rule: `the last backup is at most ${BACKUP_HOURS[status]} h old`,
      next: 'Make a backup, and see why none was made.',
      needs: ['backup_hours'],
      holds: ({ backup_hours }) => backup_hours !== null && backup_hours <= BACKUP_HOURS[status],
    }),
  ),
  {
    ...warns(
      'restore',
      `a restore was proven in the last ${RESTORE_DAYS} days`,
      'Restore a backup beside the book and compare the chain.',
    ),
    needs: ['restore_days'],
    holds: ({ restore_days }) => restore_days !== null && restore_days <= RESTORE_DAYS,
  },
  {
    ...warns('orphans', 'every day table is of a run', 'Discard what was begun: `eod discard`.'),
    needs: ['orphan_tables'],
    holds: ({ orphan_tables }) => orphan_tables === 0,
  },
  {
    ...fails('roles', 'the batch role has no more than its grants', 'Revoke the other grants.'),
    needs: ['extra_grants'],
    holds: ({ extra_grants }) => extra_grants === 0,
  },
  {
    ...warns('roles', 'the book is not run by a superuser', 'Run it by the batch role.'),
    needs: ['superuser'],
    holds: ({ superuser }) => !superuser,
  },
  {
    ...fails('keys', 'the key file is open to its owner alone', 'chmod 600 the key file.'),
    needs: ['key_mode'],
    holds: ({ key_mode }) => key_mode === null || (Number.parseInt(key_mode, 8) & OTHERS) === 0,
  },
  {
    ...fails('keys', 'every sealed row has its key', 'Bring back the keys that are missing.'),
    needs: ['rows_without_key'],
    holds: ({ rows_without_key }) => rows_without_key === 0,
  },
  {
    ...warns('keys', 'the key has sealed less than 2^31 times', 'Make a new version of the key.'),
    needs: ['seals'],
    holds: ({ seals }) => seals < SEALS,
  },
  {
    ...fails(
      'scheduler',
      `with plans to run, it looked in the last ${LOOK_SECONDS} s`,
      'Start the scheduler.',
    ),
    needs: ['scheduled_plans', 'look_seconds'],
    holds: ({ scheduled_plans, look_seconds }) =>
      scheduled_plans === 0 || (look_seconds !== null && look_seconds <= LOOK_SECONDS),
  },
  {
    ...warns('files', 'no file is in quarantine', 'Look at it, and let two persons release it.'),
    needs: ['quarantined'],
    holds: ({ quarantined }) => quarantined === 0,
  },
];

function fails(check: string, rule: string, next: string) {
  return { check, status: 'fail', rule, next } as const;
}

function warns(check: string, rule: string, next: string) {
  return { check, status: 'warn', rule, next } as const;
}

/** Days of the calendar that are left behind today. */
function daysLeft({ calendar_through, today }: KnownFacts): number {
  return (parseDay(calendar_through ?? '') ?? 0) - (parseDay(today) ?? 0);
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
