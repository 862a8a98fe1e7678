import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Table } from '../../files/table.js';
import { writeTables } from '../../files/table-file.js';
import { CHECK_SETTINGS } from '../../jobs/eod/run/finish-day.js';
import {
  type GlReconcileOptions,
  type GlReconciliation,
  reconcileGl,
} from '../../jobs/ledger/reconcile-gl.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { dayOption } from '../shell/day-option.js';
import { inBookByDays } from '../shell/day-sessions.js';
import { printJson, printTable } from '../shell/output.js';
import { requireTableFile } from '../shell/put-report.js';

interface ReconcileOptions {
  readonly asOf?: string;
  readonly from?: string;
  readonly loans?: boolean;
  readonly rescan?: boolean;
  readonly out?: string;
  readonly raw?: boolean;
}

export const command: CommandModule<[], ReconcileOptions> = {
  configure(cmd) {
    cmd.option('--as-of <date>').option('--from <date>').option('--loans').option('--rescan');
    cmd.option('--out <file>').option('--raw');
  },
  async run(context, _args, options) {
    const asOf = dayOption('--as-of', options.asOf);
    const from = dayOption('--from', options.from);
    if (from !== undefined && asOf !== undefined && from > asOf) throw backwards(options);
    const { out, raw } = options;
    requireTableFile(out);
    let bar: ReturnType<CommandContext['progress']> | undefined;
    const onDay = (days: number) => {
      bar ??= context.progress({ label: 'reconcile gl', total: days, unit: 'days' });
      bar.advance(1);
    };
    const { loans: everyLoan = false, rescan = false } = options;
    const job = { asOf, from, everyLoan, rescan, onDay, signal: context.signal };
    const found = await reconcile(context, job).finally(() => bar?.finish());
    const said = inWords(found);
    if (out !== undefined) await writeTables(out, tablesOf(said), { raw });
    if (context.json) printJson(context.stdout, said);
    else print(context.stdout, said);
    return found.ok ? EXIT.done : EXIT.difference;
  },
};

/** One day is read by parallel scans of one session, several are shared out among sessions. */
function reconcile(context: CommandContext, job: GlReconcileOptions): Promise<GlReconciliation> {
  const applicationName = 'loanbook reconcile gl';
  if (job.from !== undefined) {
    return inBookByDays(context, applicationName, (client, helpers) =>
      reconcileGl(client, { ...job, helpers }),
    );
  }
  const session = { applicationName, settings: CHECK_SETTINGS };
  return inBook(context, (client) => reconcileGl(client, job), session);
}

type Said = ReturnType<typeof inWords>;

/** The same with amounts as decimal text and differences beside them. */
function inWords(found: GlReconciliation) {
  const text = (fen: number | bigint) => formatAmount(fen, found.minorDigits);
  const { minorDigits: _, accounts, accountBreaks, loanBreaks, ...frame } = found;
  return {
    ...frame,
    accounts: accounts.map(({ positions, ledger, ...account }) => ({
      ...account,
      positions: positions === null ? null : text(positions),
      ledger: text(ledger),
      difference: positions === null ? null : text(ledger - positions),
    })),
    accountBreaks: accountBreaks.map(({ expected, actual, ...line }) => ({
      ...line,
      expected: text(expected),
      actual: text(actual),
      difference: text(actual - expected),
    })),
    loanBreaks: loanBreaks.map(({ explained, changed, ...line }) => ({
      ...line,
      explained: text(explained),
      changed: text(changed),
      difference: text(changed - explained),
    })),
  };
}

function print(out: CommandContext['stdout'], said: Said): void {
  const { from, asOf, days, loans, ok, milliseconds, lastGoodDay } = said;
  const span = days === 1 ? asOf : `${from} to ${asOf}`;
  out.write(`general ledger and sub-ledger 总分核对 ${span}, ${loans} loans\n\n`);
  printTable(
    out,
    [
      { key: 'account', title: `account on ${asOf}` },
      { key: 'nameZh', title: '科目' },
      { key: 'subledger', title: 'sub-ledger' },
      { key: 'positions', title: 'positions', align: 'right' },
      { key: 'ledger', title: 'ledger', align: 'right' },
      { key: 'difference', title: 'difference', align: 'right' },
    ],
    said.accounts,
  );
  out.write('\n');
  for (const line of said.accountBreaks) {
    const { businessDate, account, groupId, rule, expected, actual, difference } = line;
    const place = `${businessDate} account ${account}, group ${groupId}: ${rule}`;
    out.write(`${place}: expected ${expected}, actual ${actual}, difference ${difference}\n`);
  }
  for (const { businessDate, loanNo, measure, explained, changed, difference } of said.loanBreaks) {
    const place = `${businessDate} loan ${loanNo} ${measure}`;
    out.write(`${place}: journal explains ${explained}, position changed by ${changed}, `);
    out.write(`difference ${difference}\n`);
  }
  if (lastGoodDay !== null) out.write(`all tied last on ${lastGoodDay}\n`);
  const seconds = (milliseconds / 1000).toFixed(2);
  out.write(`${days} days in ${seconds} s: ${ok ? 'all tie' : 'DIFFERENCES'}\n`);
}

function tablesOf(said: Said): Table[] {
  const date = { key: 'businessDate', title: '日期', kind: 'date' } as const;
  const amount = (key: string, title: string) => ({ key, title, kind: 'amount' }) as const;
  const text = (key: string, title: string) => ({ key, title, kind: 'text' }) as const;
  const group = { key: 'groupId', title: '核算组', kind: 'count' } as const;
  const difference = amount('difference', '差额');
  return [
    {
      name: '总分核对',
      columns: [
        text('account', '科目号'),
        text('nameZh', '科目'),
        text('subledger', '分户账'),
        amount('positions', '分户账余额'),
        amount('ledger', '总账余额'),
        difference,
      ],
      rows: said.accounts,
    },
    {
      name: '科目差异',
      columns: [
        date,
        text('account', '科目号'),
        group,
        text('rule', '规则'),
        amount('expected', '应为'),
        amount('actual', '实为'),
        difference,
      ],
      rows: said.accountBreaks,
    },
    {
      name: '借据差异',
      columns: [
        date,
        text('loanNo', '借据号'),
        group,
        text('measure', '余额'),
        amount('explained', '分录解释'),
        amount('changed', '余额变动'),
        difference,
      ],
      rows: said.loanBreaks,
    },
  ];
}

function backwards(options: ReconcileOptions): LoanbookError {
  return new LoanbookError('range_backwards', '--from lies behind --as-of', {
    exitCode: EXIT.usage,
    evidence: { from: options.from, asOf: options.asOf },
    next: 'give the earlier day as --from',
  });
}
