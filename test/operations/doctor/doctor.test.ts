import { describe, expect, it } from 'vitest';
import { simulateDoctor } from '../../../src/jobs/operations/simulate/simulate-doctor.js';
import type { Finding } from '../../../src/operations/doctor/examine.js';

const WELL = {
  node: '20.19.0',
  server: '15',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: 16,
  connections: 4,
  workers: 2,
  disk_free: 1000,
  night_bytes: 100,
  clock_skew_ms: -2000,
  zones_known: true,
  tz_node: '2025c',
  tz_server: '2025c',
  today: '2026-11-01',
  // 29 days of November and 31 of December, then one.
  calendar_through: '2027-01-01',
  days_behind: 0,
  backup_hours: 26,
  restore_days: 92,
  orphan_tables: 0,
  superuser: false,
  extra_grants: 0,
  key_mode: '0600',
  rows_without_key: 0,
  seals: 2 ** 31 - 1,
  scheduled_plans: 1,
  look_seconds: 180,
  quarantined: 0,
};
const CHECKS =
  'node server settings connections disk clock zone calendar closed backup restore orphans roles ' +
  'keys scheduler files';

interface Answer {
  readonly checks: readonly { readonly check: string; readonly status: string }[];
  readonly findings: readonly Finding[];
  readonly exit: number;
}

function doctor(facts: object): Answer {
  return simulateDoctor({ kind: 'doctor', facts }) as Answer;
}

/** `check status` of all that is not well. */
function unwell(facts: object): string[] {
  return doctor(facts)
    .findings.filter(({ status }) => status !== 'ok')
    .map(({ check, status }) => `${check} ${status}`);
}

it('finds nothing in a house that just keeps every rule', () => {
  const { checks, findings, exit } = doctor(WELL);
  expect(checks.map(({ check }) => check).join(' ')).toBe(CHECKS);
  expect(findings.filter(({ status, next }) => status !== 'ok' || next !== null)).toEqual([]);
  expect(exit).toBe(0);
});

describe('one thing wrong', () => {
  it.each<[object, string]>([
    [{ node: '20.18.9' }, 'node fail'],
    [{ node: '18.20.0' }, 'node fail'],
    [{ server: '14.99' }, 'server fail'],
    [{ fsync: 'off' }, 'settings fail'],
    [{ full_page_writes: 'off', synchronous_commit: 'off' }, 'settings fail'],
    [{ synchronous_commit: 'off' }, 'settings warn'],
    [{ connections: 5 }, 'connections warn'],
    [{ disk_free: 999 }, 'disk warn'],
    [{ disk_free: 200 }, 'disk warn'],
    [{ disk_free: 199 }, 'disk fail'],
    [{ clock_skew_ms: -2001 }, 'clock warn'],
    [{ clock_skew_ms: 30_000 }, 'clock warn'],
    [{ clock_skew_ms: -30_001 }, 'clock fail'],
    [{ zones_known: false }, 'zone fail'],
    [{ tz_server: '2025b' }, 'zone warn'],
    [{ calendar_through: '2026-12-31' }, 'calendar warn'],
    [{ calendar_through: '2026-11-02' }, 'calendar warn'],
    [{ calendar_through: '2026-11-01' }, 'calendar fail'],
    [{ calendar_through: null }, 'calendar warn'],
    [{ days_behind: 1 }, 'closed fail'],
    [{ backup_hours: 26.5 }, 'backup warn'],
    [{ backup_hours: 50 }, 'backup warn'],
    [{ backup_hours: 50.1 }, 'backup fail'],
    [{ backup_hours: null }, 'backup fail'],
    [{ restore_days: 93 }, 'restore warn'],
    [{ restore_days: null }, 'restore warn'],
    [{ orphan_tables: 1 }, 'orphans warn'],
    [{ superuser: true }, 'roles warn'],
    [{ superuser: true, extra_grants: 1 }, 'roles fail'],
    [{ key_mode: '604' }, 'keys fail'],
    [{ key_mode: '640' }, 'keys fail'],
    [{ rows_without_key: 1 }, 'keys fail'],
    [{ seals: 2 ** 31 }, 'keys warn'],
    [{ look_seconds: 181 }, 'scheduler fail'],
    [{ look_seconds: null }, 'scheduler fail'],
    [{ quarantined: 1 }, 'files warn'],
  ])('%j: %s', (facts, found) => {
    expect(unwell({ ...WELL, ...facts })).toEqual([found]);
    expect(doctor({ ...WELL, ...facts }).exit).toBe(found.endsWith('fail') ? 3 : 0);
  });

  it.each([{ key_mode: null }, { scheduled_plans: 0, look_seconds: null }])(
    '%j is well',
    (facts) => {
      expect(unwell({ ...WELL, ...facts })).toEqual([]);
    },
  );

  it('is told with rule, value and next step', () => {
    const [finding] = doctor({ ...WELL, backup_hours: null }).findings.filter(
      ({ status }) => status === 'fail',
    );
    expect(finding).toEqual({
      check: 'backup',
      status: 'fail',
      rule: 'the last backup is at most 50 h old',
      value: 'backup_hours none',
      next: 'Make a backup, and see why none was made.',
    });
  });
});

it('what is not known is said to be so, and hides nothing that is wrong', () => {
  for (const key of Object.keys(WELL)) {
    const found = unwell({ ...WELL, [key]: undefined });
    expect(found, key).not.toEqual([]);
    expect(found.every((line) => line.endsWith(' unknown'))).toBe(true);
  }
  expect(unwell({ ...WELL, seals: undefined, key_mode: '644' })).toEqual(['keys fail']);
  expect(doctor({}).exit).toBe(0);
  expect(doctor({}).checks.every(({ status }) => status === 'unknown')).toBe(true);
});

it.each([
  ['facts.node: must be a version', { node: 'v20' }],
  ['facts.key_mode: must be permissions', { key_mode: '888' }],
  ['facts.backup_hours: must be a number, not negative', { backup_hours: -1 }],
  ['facts.nodes: unknown key', { nodes: 1 }],
  ['facts.today: must be a date', { today: '2026-02-29' }],
])('refuses %s', (message, facts) => {
  expect(() => doctor({ ...WELL, ...facts })).toThrow(message);
});
