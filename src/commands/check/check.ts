import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { EXIT, type ExitCode, LoanbookError } from '../../errors.js';
import { type ChainResult, checkChain } from '../../jobs/day/proof/check-chain.js';
import { checkDay } from '../../jobs/eod/checks/check-day.js';
import { CHECK_SETTINGS } from '../../jobs/eod/run/finish-day.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { dayOption } from '../shell/day-option.js';
import { printJson, printTable } from '../shell/output.js';

interface CheckOptions {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
}

/** The name of the check of all sealed days, beside those of one day. */
const CHAIN = 'chain';

export const command: CommandModule<[string[]], CheckOptions> = {
  configure(cmd) {
    cmd
      .argument('[names...]')
      .option('--date <date>')
      .option('--from <date>')
      .option('--to <date>');
  },
  async run(context, [names], options) {
    requireOneScope(names, options);
    if (names.includes(CHAIN)) return runChain(context, options);
    const date = dayOption('--date', options.date);
    const target = await resolveTarget(context.bookFolder, context.env);
    const result = await withClient(
      target,
      { applicationName: 'loanbook check', settings: CHECK_SETTINGS },
      async (client) => {
        await requireMigrated(client);
        return checkDay(client, names, date);
      },
    );
    const failed = result.checks.filter((check) => !check.ok);
    if (context.json) printJson(context.stdout, result);
    else {
      const rows = result.checks.map((check) => ({
        ...check,
        holds: check.ok ? 'holds' : 'FAILS',
      }));
      printTable(
        context.stdout,
        [
          { key: 'name', title: `checks of ${result.businessDate}` },
          { key: 'holds', title: '' },
          { key: 'says', title: 'that' },
          { key: 'milliseconds', title: 'ms', align: 'right' },
        ],
        rows,
      );
      for (const check of failed) {
        for (const found of check.differences) {
          const { place, expected, actual } = found;
          context.stdout.write(`${check.name}: ${place}: expected ${expected}, actual ${actual}\n`);
        }
      }
    }
    return failed.length > 0 ? EXIT.difference : EXIT.done;
  },
};

/** The chain runs over days and by itself; every other check looks at one day. */
function requireOneScope(names: readonly string[], options: CheckOptions): void {
  const isChain = names.length === 1 && names[0] === CHAIN;
  const hasRange = options.from !== undefined || options.to !== undefined;
  const isMixed = isChain ? options.date !== undefined : hasRange || names.includes(CHAIN);
  if (!isMixed) return;
  throw new LoanbookError('checks_mixed', 'the chain is checked over days, by itself', {
    exitCode: EXIT.usage,
    evidence: { checks: names.join(', '), ...options },
    next: 'loanbook check chain --from DATE --to DATE; or checks of one day with --date',
  });
}

async function runChain(context: CommandContext, options: CheckOptions): Promise<ExitCode> {
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
  if (context.json) printJson(context.stdout, result);
  else printChain(context.stdout, result);
  return result.ok ? EXIT.done : EXIT.difference;
}

function printChain(out: CommandContext['stdout'], result: ChainResult): void {
  const { from, to, days, ok, firstBroken, broken, chainHash, proofHash } = result;
  const verdict = ok ? 'holds' : `IS BROKEN, first on ${firstBroken}`;
  out.write(`chain of ${days} sealed days from ${from} to ${to}: ${verdict}\n`);
  for (const { businessDate, differences } of broken) {
    for (const { place, expected, actual } of differences) {
      out.write(`${businessDate}: ${place}: expected ${expected}, actual ${actual}\n`);
    }
  }
  out.write(`chain hash of the last day: ${chainHash}\n`);
  if (proofHash !== null) out.write(`proof hash of the last day: ${proofHash}\n`);
}
