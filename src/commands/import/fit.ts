import { stringify } from 'yaml';
import { minorDigitsOf } from '../../accounting/money/amount-text.js';
import { writeWhole } from '../../files/new-file.js';
import { tableOf } from '../../files/report.js';
import { type FitSample, sampleLoans } from '../../jobs/migration/fit/fit-file.js';
import {
  type Candidate,
  type Fit,
  fitParameters,
  productOf,
} from '../../jobs/migration/fit/search.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const SAMPLE = 200;
const SAMPLE_MAX = 10_000;

interface Flags extends ReportFlags {
  readonly layout?: string;
  readonly mapping?: string;
  readonly schedules?: string;
  readonly sample?: string;
  readonly currency?: string;
  readonly product?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd.argument('<file>').option('--layout <layout>').option('--mapping <file>');
    cmd.option('--schedules <file>').option('--sample <count>').option('--currency <code>');
    configureReport(cmd.option('--product <file>'));
  },
  async run(context, [file], flags) {
    const { layout, mapping, schedules, currency = 'CNY', product } = flags;
    const way = wayOut(context, flags, file);
    const sample = countOption('--sample', flags.sample, 1, SAMPLE_MAX) ?? SAMPLE;
    const minorDigits = minorDigitsOf(currency);
    const { signal } = context;
    const options = { file, layout, mapping, schedules, minorDigits, sample, signal };
    const sampled = await sampleLoans(options);
    const fit = fitParameters(sampled.loans, currency, signal);
    if (product !== undefined) {
      await writeWhole(product, [stringify(productOf(fit.best.parameters, currency))]);
    }
    await putReport(context, reportOf(sampled, fit), way);
    return undefined;
  },
};

const COLUMNS = {
  rank: 'count',
  exact: ['text', '全部相符 exact'],
  installments: ['text', '期供相符 instalments'],
  balances: ['text', '余额相符 balances'],
  rows: ['text', '计划相符 schedules'],
  parameters: ['text', '产品参数 parameters'],
} as const;

function reportOf({ read, unread }: FitSample, { best, next, untold, tried }: Fit) {
  const candidates = [best, ...next].map((candidate, at) => rowOf(candidate, at + 1));
  const others = Object.entries(untold).map(([parameter, values]) => ({
    parameter,
    values: values.map(shown).join(', '),
  }));
  const UNTOLD = {
    parameter: ['text', '参数 parameter'],
    values: ['text', '同样相符的取值 as good'],
  } as const;
  return {
    head: { loansRead: read, loansUnread: unread, loansSampled: best.score.loans, tried },
    tables: [
      tableOf('fit', COLUMNS, candidates, { title: '最能重现的产品参数' }),
      tableOf('untold', UNTOLD, others, { title: '样本分不清的参数' }),
    ],
  };
}

function rowOf({ parameters, score }: Candidate, rank: number) {
  const share = ({ met, known }: { met: number; known: number }) =>
    known === 0 ? '-' : `${met}/${known}`;
  const texts = Object.entries(parameters).map(([path, value]) => `${path}: ${shown(value)}`);
  return {
    rank,
    exact: share({ met: score.exact, known: score.loans }),
    installments: share(score.installments),
    balances: share(score.balances),
    rows: share(score.rows),
    parameters: texts.length === 0 ? 'defaults' : texts.join(', '),
  };
}

function shown(value: unknown): string {
  return value === null ? 'null' : String(value);
}
