import { formatAmount } from '../../accounting/money/amount-text.js';
import { type Report, tableOf } from '../../files/report.js';
import { CHECK_SETTINGS } from '../../jobs/eod/run/finish-day.js';
import { type ImpairmentOutcome, runImpairment } from '../../jobs/impairment/run-impairment.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { actInBook } from '../shell/person-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface RunOptions extends ReportFlags {
  readonly asOf?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
  readonly wait?: string;
}

export const command: CommandModule<[], RunOptions> = {
  configure(cmd) {
    cmd.option('--as-of <date>').option('--by <name>').option('--dry-run');
    configureReport(cmd);
    configureWait(cmd);
  },
  async run(context, _args, options) {
    const asOf = dayOption('--as-of', options.asOf);
    const way = wayOut(context, options);
    const session = { applicationName: 'loanbook impairment run', settings: CHECK_SETTINGS };
    const waits = waitsOf(context, options);
    const { signal } = context;
    const job = { asOf, dryRun: options.dryRun === true, waits, signal };
    const outcome = await actInBook(
      context,
      { by: options.by, act: 'impairment_run' },
      (client, by) => runImpairment(client, { ...job, by }),
      session,
    );
    const said = inWords(outcome);
    await putReport(context, reportOf(said), way, { document: said, isShownToo: true });
    noteDoneBefore(context, outcome.outcome);
    return undefined;
  },
};

type Said = ReturnType<typeof inWords>;

const PER_PERCENT = 7;

function inWords({ minorDigits, segments, stages, allowance, ...frame }: ImpairmentOutcome) {
  const text = (fen: bigint) => formatAmount(fen, minorDigits);
  const percent = (ppb: number) => formatAmount(ppb, PER_PERCENT).replace(/\.?0+$/, '');
  return {
    ...frame,
    segments: segments.map(({ pdPpb, lgdPpb, ead, required, ...segment }) => ({
      ...segment,
      pdPercent: percent(pdPpb),
      lgdPercent: percent(lgdPpb),
      ead: text(ead),
      required: text(required),
    })),
    stages: stages.map(({ stage, ...moves }) => ({
      stage,
      opening: text(moves.opening),
      new: text(moves.new),
      transferIn: text(moves.transferIn),
      transferOut: text(moves.transferOut),
      charge: text(moves.charge),
      release: text(moves.release),
      writeOff: text(moves.writeOff),
      closing: text(moves.closing),
    })),
    allowance: {
      opening: text(allowance.opening),
      posted: text(allowance.posted),
      writeOff: text(allowance.writeOff),
      writeOffLoss: text(allowance.writeOffLoss),
      recovery: text(allowance.recovery),
      other: text(allowance.other),
      balance: text(allowance.balance),
      movement: text(allowance.movement),
      required: text(allowance.required),
    },
  };
}

const SEGMENTS = {
  groupId: ['count', '核算组'],
  product: ['text', '产品'],
  org: ['text', '机构'],
  stage: ['count', '阶段'],
  loans: ['count', '笔数'],
  ead: ['amount', '违约风险敞口 EAD'],
  pdPercent: ['rate', 'PD %'],
  lgdPercent: ['rate', 'LGD %'],
  required: ['amount', '减值准备'],
} as const;
const STAGES = {
  stage: ['count', '阶段'],
  opening: ['amount', '期初'],
  new: ['amount', '新增'],
  transferIn: ['amount', '转入'],
  transferOut: ['amount', '转出'],
  charge: ['amount', '计提'],
  release: ['amount', '转回'],
  writeOff: ['amount', '核销'],
  closing: ['amount', '期末'],
} as const;
const ALLOWANCE = {
  opening: ['amount', '期初余额', 'opening'],
  posted: ['amount', '已计提', 'posted'],
  writeOff: ['amount', '核销', 'writeOff'],
  writeOffLoss: ['amount', '核销补提', 'writeOffLoss'],
  recovery: ['amount', '核销收回', 'recovery'],
  other: ['amount', '其他', 'other'],
  balance: ['amount', '计提前余额', 'balance'],
  movement: ['amount', '本次计提', 'movement'],
  required: ['amount', '期末余额', 'required'],
} as const;

function reportOf(said: Said): Report {
  const { asOf, dryRun, entries, postedOn, segments, stages, allowance } = said;
  const verb = dryRun ? 'would be' : 'are';
  return {
    head: { asOf, dryRun, entries, postedOn },
    headline: `impairment 减值 as of ${asOf}${dryRun ? ', nothing is kept' : ''}`,
    tables: [
      tableOf('分段计量', SEGMENTS, segments),
      tableOf('阶段变动', STAGES, stages),
      tableOf('准备变动', ALLOWANCE, [allowance], { screen: { as: 'record' } }),
    ],
    notes: [`${entries} entries ${verb} posted by the close of ${postedOn}`],
  };
}
