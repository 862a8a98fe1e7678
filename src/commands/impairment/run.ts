import { formatAmount } from '../../accounting/money/amount-text.js';
import type { Table } from '../../files/table.js';
import { writeTables } from '../../files/table-file.js';
import { CHECK_SETTINGS } from '../../jobs/eod/run/finish-day.js';
import { type ImpairmentOutcome, runImpairment } from '../../jobs/impairment/run-impairment.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { dayOption } from '../shell/day-option.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printJson, printRecord, printTable } from '../shell/output.js';
import { personOption } from '../shell/person-option.js';
import { requireTableFile } from '../shell/put-report.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface RunOptions {
  readonly asOf?: string;
  readonly by?: string;
  readonly dryRun?: boolean;
  readonly out?: string;
  readonly raw?: boolean;
  readonly wait?: string;
}

export const command: CommandModule<[], RunOptions> = {
  configure(cmd) {
    cmd.option('--as-of <date>').option('--by <name>').option('--dry-run');
    cmd.option('--out <file>').option('--raw');
    configureWait(cmd);
  },
  async run(context, _args, options) {
    const asOf = dayOption('--as-of', options.asOf);
    const by = personOption(options.by);
    const { out, raw } = options;
    requireTableFile(out);
    const session = { applicationName: 'loanbook impairment run', settings: CHECK_SETTINGS };
    const waits = waitsOf(context, options);
    const { signal } = context;
    const job = { asOf, by, dryRun: options.dryRun === true, waits, signal };
    const outcome = await inBook(context, (client) => runImpairment(client, job), session);
    const said = inWords(outcome);
    if (out !== undefined) await writeTables(out, tablesOf(said), { raw });
    if (context.json) printJson(context.stdout, said);
    else print(context.stdout, said);
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

const SEGMENT_TITLES = [
  ['groupId', '核算组'],
  ['product', '产品'],
  ['org', '机构'],
  ['stage', '阶段'],
  ['loans', '笔数'],
  ['ead', '违约风险敞口 EAD'],
  ['pdPercent', 'PD %'],
  ['lgdPercent', 'LGD %'],
  ['required', '减值准备'],
] as const;
const STAGE_TITLES = [
  ['stage', '阶段'],
  ['opening', '期初'],
  ['new', '新增'],
  ['transferIn', '转入'],
  ['transferOut', '转出'],
  ['charge', '计提'],
  ['release', '转回'],
  ['writeOff', '核销'],
  ['closing', '期末'],
] as const;
const COUNTS = new Set<string>(['groupId', 'stage', 'loans']);
const TEXTS = new Set<string>(['product', 'org']);

function print(out: CommandContext['stdout'], said: Said): void {
  const { asOf, dryRun, entries, postedOn, allowance } = said;
  out.write(`impairment 减值 as of ${asOf}${dryRun ? ', nothing is kept' : ''}\n\n`);
  const columns = <T extends readonly (readonly [string, string])[]>(titles: T) =>
    titles.map(([key, title]) => ({
      key: key as T[number][0],
      title,
      align: TEXTS.has(key) ? ('left' as const) : ('right' as const),
    }));
  printTable(out, columns(SEGMENT_TITLES), said.segments);
  out.write('\n');
  printTable(out, columns(STAGE_TITLES), said.stages);
  out.write('\n');
  printRecord(out, allowance);
  const verb = dryRun ? 'would be' : 'are';
  out.write(`\n${entries} entries ${verb} posted by the close of ${postedOn}\n`);
}

function tablesOf(said: Said): Table[] {
  const columns = (titles: readonly (readonly [string, string])[]) =>
    titles.map(([key, title]) => {
      const kind = COUNTS.has(key) ? 'count' : TEXTS.has(key) ? 'text' : 'amount';
      return { key, title, kind } as const;
    });
  const titles = [
    ['opening', '期初余额'],
    ['posted', '已计提'],
    ['writeOff', '核销'],
    ['writeOffLoss', '核销补提'],
    ['recovery', '核销收回'],
    ['other', '其他'],
    ['balance', '计提前余额'],
    ['movement', '本次计提'],
    ['required', '期末余额'],
  ] as const;
  return [
    { name: '分段计量', columns: columns(SEGMENT_TITLES), rows: said.segments },
    { name: '阶段变动', columns: columns(STAGE_TITLES), rows: said.stages },
    { name: '准备变动', columns: columns(titles), rows: [said.allowance] },
  ];
}
