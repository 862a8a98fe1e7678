import { resolve } from 'node:path';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { parseRatePpb } from '../../accounting/money/amount-text.js';
import { mulDivRound } from '../../accounting/money/money.js';
import { RATE_SCALE } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { generateBook } from '../../jobs/generate/generate-book.js';
import type { Manifest } from '../../jobs/generate/manifest.js';
import {
  DAYS_DEFAULT,
  DAYS_MAX,
  type GenerateOptions,
  LOANS_MAX,
  PROFILES,
  REPAY_SHARE_DEFAULT,
  START_DEFAULT,
} from '../../jobs/generate/options.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { type Column, printJson, printRecord, printTable } from '../shell/output.js';

interface Options {
  readonly loans: string;
  readonly seed: string;
  readonly out: string;
  readonly start?: string;
  readonly days?: string;
  readonly profile?: string;
  readonly repayShare?: string;
}

export const command: CommandModule<readonly [], Options> = {
  configure(cmd) {
    cmd
      .requiredOption('--loans <count>')
      .requiredOption('--seed <number>')
      .requiredOption('--out <folder>')
      .option('--start <date>')
      .option('--days <count>')
      .option('--profile <name>')
      .option('--repay-share <share>');
  },

  async run(context, _args, options) {
    const chosen = parseOptions(options, context.signal);
    const label = `generate ${chosen.profile}`;
    const progress = context.progress({ label, total: chosen.loans, unit: 'loans' });
    try {
      const manifest = await generateBook(chosen, (loans) => progress.advance(loans));
      progress.finish();
      if (context.json) printJson(context.stdout, { folder: chosen.outFolder, ...manifest });
      else printManifest(context, chosen.outFolder, manifest);
    } finally {
      progress.finish();
    }
    return EXIT.done;
  },
};

function parseOptions(options: Options, signal: AbortSignal): GenerateOptions {
  const { profile: name = 'book', start = START_DEFAULT, out } = options;
  const profile = PROFILES.find((known) => known === name);
  if (profile === undefined) throw usage('--profile', name, PROFILES.join(', '));
  const startOn = parseDay(start);
  if (startOn === undefined) throw usage('--start', start, 'a date such as 2026-03-28');
  if (out === '') throw usage('--out', out, 'a folder');
  return {
    loans: parseCount('--loans', options.loans, 1, LOANS_MAX),
    seed: parseCount('--seed', options.seed, 0, Number.MAX_SAFE_INTEGER),
    outFolder: resolve(out),
    startOn,
    days: parseCount('--days', options.days ?? String(DAYS_DEFAULT), 1, DAYS_MAX),
    profile,
    repayShare: parseShare(options.repayShare, profile),
    signal,
  };
}

/** A share such as 0.30 as parts of 10,000. */
function parseShare(text: string | undefined, profile: string): number {
  if (text === undefined) return REPAY_SHARE_DEFAULT;
  if (profile !== 'bench-one-day') {
    throw usage('--repay-share', text, 'left out unless --profile is bench-one-day');
  }
  const ppb = parseRatePpb(text);
  if (ppb === undefined || ppb > RATE_SCALE) {
    throw usage('--repay-share', text, 'a share from 0 to 1, such as 0.30');
  }
  return mulDivRound(ppb, 10_000, RATE_SCALE, 'half_up');
}

function parseCount(option: string, text: string, min: number, max: number): number {
  const count = /^[0-9]+$/.test(text) ? Number(text) : -1;
  if (count >= min && count <= max) return count;
  throw usage(option, text, `a whole number from ${min} to ${max}`);
}

function usage(option: string, actual: string, expected: string): LoanbookError {
  return new LoanbookError('option_invalid', `${option} cannot be used as given`, {
    exitCode: EXIT.usage,
    evidence: { option, actual, expected },
    next: 'see loanbook generate --help',
  });
}

const PRODUCT_COLUMNS: readonly Column<Manifest['products'][number]>[] = [
  { key: 'code', title: 'product' },
  { key: 'name', title: 'name' },
  { key: 'loans', title: 'loans', align: 'right' },
  { key: 'principal', title: 'principal', align: 'right' },
];

const REPAYMENT_COLUMNS: readonly Column<Manifest['repayments'][number]>[] = [
  { key: 'date', title: 'business day' },
  { key: 'repayments', title: 'repayments', align: 'right' },
  { key: 'settlements', title: 'settlements', align: 'right' },
  { key: 'amount', title: 'amount', align: 'right' },
];

function printManifest(context: CommandContext, folder: string, manifest: Manifest): void {
  const { stdout } = context;
  const { profile, seed, loans, principal, standings, buckets } = manifest;
  const { current, in_grace, late } = standings;
  const counts = { loans, principal, current, in_grace, late, new: standings.new };
  printRecord(stdout, { folder, profile, seed, ...counts, ...buckets });
  stdout.write('\n');
  printTable(stdout, PRODUCT_COLUMNS, manifest.products);
  stdout.write('\n');
  printTable(stdout, REPAYMENT_COLUMNS, manifest.repayments);
}
