import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import { type Report, recordTable, tableOf } from '../../files/report.js';
import type { Which } from '../../jobs/plan/run/act-on-night.js';
import { listNights, type ShownNight, showNight } from '../../jobs/plan/run/night-view.js';
import { foldersOf } from '../../jobs/plan/run/places.js';
import { registeredFiles } from '../../jobs/plan/run/registered-files.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { dayOption } from '../shell/day-option.js';
import {
  configureReport,
  putReport,
  type ReportFlags,
  type WayOut,
  wayOut,
} from '../shell/put-report.js';

interface Flags extends ReportFlags {
  readonly date?: string;
  readonly watch?: boolean;
}

const LISTED = 100;
const WATCH_MS = 2_000;
const CLEAR_SCREEN = '\x1b[H\x1b[2J';

export const command: CommandModule<[string | undefined], Flags> = {
  configure(cmd) {
    configureReport(cmd.argument('[plan]').option('--date <date>').option('--watch'));
  },
  async run(context, [plan], flags) {
    const way = wayOut(context, flags);
    const date = dayOption('--date', flags.date);
    if (flags.watch && (!context.stdout.isTTY || plan === undefined)) throw nothingToWatch();
    await inBook(context, async (client) => {
      if (plan === undefined) await showList(context, client, way);
      else if (flags.watch) await watch(context, client, { plan, date });
      else await show(context, client, { plan, date }, way);
    });
    return undefined;
  },
};

const NIGHT_COLUMNS = {
  plan: 'text',
  date: 'date',
  due: 'time',
  state: 'text',
  exit: 'count',
  version: 'count',
  executions: 'count',
  began: 'time',
  ended: 'time',
} as const;

async function showList(context: CommandContext, client: pg.Client, way: WayOut): Promise<void> {
  const nights = await listNights(client, LISTED);
  const report = { head: {}, tables: [tableOf('nights', NIGHT_COLUMNS, nights)] };
  await putReport(context, report, way, { document: { nights } });
}

async function show(
  context: CommandContext,
  client: pg.Client,
  which: Which,
  way: WayOut,
): Promise<ShownNight> {
  const folders = foldersOf(context.bookFolder, context.env);
  const files = registeredFiles({ folders, looks: false, onProblem: () => undefined });
  const night = await showNight(client, which, { now: Date.now(), files });
  await putReport(context, reportOf(night), way, { document: night });
  return night;
}

/** Again and again, until the night has ended or the process is told to. */
async function watch(context: CommandContext, client: pg.Client, which: Which): Promise<void> {
  const { stdout, signal } = context;
  while (!signal.aborted) {
    stdout.write(CLEAR_SCREEN);
    const { state } = await show(context, client, which, { raw: false });
    if (state !== 'running') return;
    await sleep(WATCH_MS, undefined, { signal }).catch(() => undefined);
  }
}

const STEP_COLUMNS = {
  job: 'text',
  state: 'text',
  why: 'text',
  attempts: 'count',
  from: 'time',
  to: 'time',
  seconds: 'count',
  usualSeconds: ['count', 'usual'],
  exit: 'count',
  log: 'text',
} as const;

const ALARM_COLUMNS = {
  at: 'time',
  job: 'text',
  kind: 'text',
  told: 'text',
  failure: 'text',
} as const;

function reportOf({ steps, alarms, isHeld, ...night }: ShownNight): Report {
  const head = { ...night, state: isHeld ? `${night.state}, held` : night.state };
  const kinds = { date: 'date', due: 'time', nextClock: 'time' } as const;
  return {
    head: {},
    main: 'steps',
    tables: [
      recordTable('night', head, kinds, { inWords: true }),
      tableOf('steps', STEP_COLUMNS, steps, { title: 'steps' }),
      tableOf('alarms', ALARM_COLUMNS, alarms, { title: 'alarms', screen: { isOptional: true } }),
    ],
  };
}

function nothingToWatch(): LoanbookError {
  return new LoanbookError('nothing_to_watch', 'A night is watched on a terminal, by its plan.', {
    exitCode: EXIT.usage,
    evidence: { option: '--watch' },
    next: 'Name a plan, and leave --watch out where no terminal is.',
  });
}
