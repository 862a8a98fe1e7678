import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { closeDays } from '../../jobs/eod/run/close-days.js';
import type { ClosedDay } from '../../jobs/eod/run/run-day.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { countOption } from '../shell/count-option.js';
import { dayOption } from '../shell/day-option.js';
import { printJson, printTable } from '../shell/output.js';
import { actingIn } from '../shell/person-option.js';
import type { Progress } from '../shell/progress.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface Options {
  readonly date?: string;
  readonly through?: string;
  readonly workers?: string;
  readonly tasks?: string;
  readonly maxHeld?: string;
  readonly dryRun?: boolean;
  readonly wait?: string;
  readonly by?: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd
      .option('--date <date>')
      .option('--through <date>')
      .option('--workers <n>')
      .option('--tasks <n>')
      .option('--max-held <n>')
      .option('--dry-run')
      .option('--by <name>');
    configureWait(cmd);
  },
  async run(context, _args, options) {
    if (options.date !== undefined && options.through !== undefined) {
      throw new LoanbookError('options_conflict', '--date and --through exclude each other', {
        exitCode: EXIT.usage,
        next: '--date closes one day, --through closes every day up to it',
      });
    }
    const target = await resolveTarget(context.bookFolder, context.env);
    let bar: Progress | undefined;
    const planned: string[] = [];
    let label = '';
    let shown = 0;
    const days = await closeDays(target, {
      date: dayOption('--date', options.date),
      through: dayOption('--through', options.through),
      workers: countOption('--workers', options.workers, 1, 256),
      tasks: countOption('--tasks', options.tasks, 1, 1024),
      maxHeld: countOption('--max-held', options.maxHeld, 0, 1_000_000_000),
      dryRun: options.dryRun ?? false,
      waits: waitsOf(context, options),
      begin: (client) => actingIn(client, { by: options.by, act: 'eod_run', isNamed: false }),
      signal: context.signal,
      onProgress: (date, done, total) => {
        const today = formatDay(date);
        if (today !== label) {
          bar?.finish();
          label = today;
          shown = 0;
          bar = context.progress({ label: `eod ${today}`, total, unit: 'tasks' });
        }
        bar?.advance(done - shown);
        shown = done;
      },
      onClosed: () => bar?.finish(),
      onRetry: (retry) =>
        context.log.warn(
          { code: retry.sqlstate, retry },
          'the database was away; the close goes on',
        ),
      onPlanned: (date) => planned.push(formatDay(date)),
      onAlreadyClosed: (date) => context.note(`${formatDay(date)} is already closed`),
    }).finally(() => bar?.finish());
    if (options.dryRun) printPlan(context, planned);
    else if (context.json) printJson(context.stdout, { days });
    else printDays(context, days);
    return undefined;
  },
};

function printPlan(context: CommandContext, planned: readonly string[]): void {
  if (context.json) printJson(context.stdout, { planned });
  else for (const day of planned) context.stdout.write(`${day} would be closed\n`);
}

function printDays(context: CommandContext, days: readonly ClosedDay[]): void {
  if (days.length === 0) return;
  const rows = days.map((day) => ({
    ...day,
    checksHeld: `${day.checks.filter((check) => check.ok).length}/${day.checks.length}`,
    seconds: (day.totalMilliseconds / 1000).toLocaleString('en-US', { minimumFractionDigits: 2 }),
    hash: day.contentHash.slice(0, 12),
  }));
  printTable(
    context.stdout,
    [
      { key: 'businessDate', title: 'day' },
      { key: 'loans', title: 'loans', align: 'right' },
      { key: 'born', title: 'born', align: 'right' },
      { key: 'returned', title: 'returned', align: 'right' },
      { key: 'closed', title: 'closed', align: 'right' },
      { key: 'held', title: 'held', align: 'right' },
      { key: 'events', title: 'events', align: 'right' },
      { key: 'eventsRejected', title: 'rejected', align: 'right' },
      { key: 'checksHeld', title: 'checks', align: 'right' },
      { key: 'seconds', title: 'seconds', align: 'right' },
      { key: 'hash', title: 'hash' },
    ],
    rows,
  );
}
