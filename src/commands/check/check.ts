import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { EXIT, type ExitCode, LoanbookError } from '../../errors.js';
import { type Report, tableOf } from '../../files/report.js';
import type { TableRow } from '../../files/table.js';
import { type ChainResult, checkChain } from '../../jobs/day/proof/check-chain.js';
import { checkDay } from '../../jobs/eod/checks/check-day.js';
import { CHECK_SETTINGS } from '../../jobs/eod/run/finish-day.js';
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

interface CheckOptions extends ReportFlags {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly later?: boolean;
}

/** The name of the check of all sealed days, beside those of one day. */
const CHAIN = 'chain';

export const command: CommandModule<[string[]], CheckOptions> = {
  configure(cmd) {
    cmd
      .argument('[names...]')
      .option('--date <date>')
      .option('--from <date>')
      .option('--to <date>')
      .option('--later');
    configureReport(cmd);
  },
  async run(context, [names], options) {
    requireOneScope(names, options);
    const way = wayOut(context, options);
    if (names.includes(CHAIN)) return runChain(context, options, way);
    const date = dayOption('--date', options.date);
    const target = await resolveTarget(context.bookFolder, context.env);
    const result = await withClient(
      target,
      { applicationName: 'loanbook check', settings: CHECK_SETTINGS },
      async (client) => {
        await requireMigrated(client);
        return checkDay(client, names, date).catch((error: unknown) => {
          throw options.later === true ? asLater(error) : error;
        });
      },
    );
    await putReport(context, dayReport(result), way, { document: result });
    return result.checks.every(({ ok }) => ok) ? EXIT.done : EXIT.difference;
  },
};

/** A day that is not sealed yet may be soon: whoever asked for it tries again. */
function asLater(error: unknown): unknown {
  if (!(error instanceof LoanbookError) || error.code !== 'day_not_sealed') return error;
  const { code, message, evidence } = error;
  return new LoanbookError(code, message, {
    exitCode: EXIT.locked,
    evidence,
    next: 'Try again once the day is closed: `loanbook eod status` shows how far it is.',
  });
}

const DIFFERENCES = { place: 'text', expected: 'text', actual: 'text' } as const;

function dayReport({ businessDate, checks }: Awaited<ReturnType<typeof checkDay>>): Report {
  const columns = {
    name: ['text', `checks of ${businessDate}`],
    holds: ['text', ''],
    says: ['text', 'that'],
    milliseconds: ['count', 'ms'],
  } as const;
  const rows = checks.map((check) => ({ ...check, holds: check.ok ? 'holds' : 'FAILS' }));
  const differences = checks.flatMap(({ name, differences: found }) =>
    found.map((difference) => ({ name, ...difference })),
  );
  return {
    head: { businessDate },
    headline: '',
    tables: [
      tableOf('checks', columns, rows),
      tableOf('differences', { name: ['text', 'check'], ...DIFFERENCES }, differences, {
        screen: { sentence: (row) => `${row.name}: ${inWords(row)}` },
      }),
    ],
  };
}

function inWords({ place, expected, actual }: TableRow): string {
  return `${place}: expected ${expected}, actual ${actual}`;
}

/** The chain runs over days and by itself; every other check looks at one day. */
function requireOneScope(names: readonly string[], options: CheckOptions): void {
  const isChain = names.length === 1 && names[0] === CHAIN;
  const { date, from, to } = options;
  const hasRange = from !== undefined || to !== undefined;
  const isMixed = isChain ? date !== undefined : hasRange || names.includes(CHAIN);
  if (!isMixed) return;
  throw new LoanbookError('checks_mixed', 'the chain is checked over days, by itself', {
    exitCode: EXIT.usage,
    evidence: { checks: names.join(', '), date, from, to },
    next: 'loanbook check chain --from DATE --to DATE; or checks of one day with --date',
  });
}

async function runChain(
  context: CommandContext,
  options: CheckOptions,
  way: WayOut,
): Promise<ExitCode> {
  const from = dayOption('--from', options.from);
  const to = dayOption('--to', options.to);
  const target = await resolveTarget(context.bookFolder, context.env);
  let bar: ReturnType<CommandContext['progress']> | undefined;
  const onDay = (_done: number, days: number) => {
    bar ??= context.progress({ label: 'check chain', total: days, unit: 'days' });
    bar.advance(1);
  };
  const settings = { applicationName: 'loanbook check chain', settings: CHECK_SETTINGS };
  const result = await withClient(target, settings, async (client) => {
    await requireMigrated(client);
    return checkChain(client, { from, to, onDay, signal: context.signal });
  }).finally(() => bar?.finish());
  await putReport(context, chainReport(result), way, { document: result });
  return result.ok ? EXIT.done : EXIT.difference;
}

function chainReport(result: ChainResult): Report {
  const { from, to, days, ok, firstBroken, broken, chainHash, proofHash } = result;
  const verdict = ok ? 'holds' : `IS BROKEN, first on ${firstBroken}`;
  const differences = broken.flatMap(({ businessDate, differences: found }) =>
    found.map((difference) => ({ businessDate, ...difference })),
  );
  return {
    head: { from, to, days, ok, firstBroken, chainHash, proofHash },
    headline: `chain of ${days} sealed days from ${from} to ${to}: ${verdict}`,
    tables: [
      tableOf('differences', { businessDate: 'date', ...DIFFERENCES }, differences, {
        screen: { sentence: (row) => `${row.businessDate}: ${inWords(row)}` },
      }),
    ],
    notes: [
      `chain hash of the last day: ${chainHash}`,
      ...(proofHash === null ? [] : [`proof hash of the last day: ${proofHash}`]),
    ],
  };
}
