import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type Report, tableOf } from '../../files/report.js';
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
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface ReconcileOptions extends ReportFlags {
  readonly asOf?: string;
  readonly from?: string;
  readonly loans?: boolean;
  readonly rescan?: boolean;
}

export const command: CommandModule<[], ReconcileOptions> = {
  configure(cmd) {
    cmd.option('--as-of <date>').option('--from <date>').option('--loans').option('--rescan');
    configureReport(cmd);
  },
  async run(context, _args, options) {
    const asOf = dayOption('--as-of', options.asOf);
    const from = dayOption('--from', options.from);
    if (from !== undefined && asOf !== undefined && from > asOf) throw backwards(options);
    const way = wayOut(context, options);
    let bar: ReturnType<CommandContext['progress']> | undefined;
    const onDay = (days: number) => {
      bar ??= context.progress({ label: 'reconcile gl', total: days, unit: 'days' });
      bar.advance(1);
    };
    const { loans: everyLoan = false, rescan = false } = options;
    const job = { asOf, from, everyLoan, rescan, onDay, signal: context.signal };
    const found = await reconcile(context, job).finally(() => bar?.finish());
    const said = inWords(found);
    await putReport(context, reportOf(said), way, { document: said, isShownToo: true });
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

const ACCOUNT_BREAKS = {
  businessDate: ['date', '日期'],
  account: ['text', '科目号'],
  groupId: ['count', '核算组'],
  rule: ['text', '规则'],
  expected: ['amount', '应为'],
  actual: ['amount', '实为'],
  difference: ['amount', '差额'],
} as const;

const LOAN_BREAKS = {
  businessDate: ['date', '日期'],
  loanNo: ['text', '借据号'],
  groupId: ['count', '核算组'],
  measure: ['text', '余额'],
  explained: ['amount', '分录解释'],
  changed: ['amount', '余额变动'],
  difference: ['amount', '差额'],
} as const;

function reportOf(said: Said): Report {
  const { from, asOf, days, loans, ok, milliseconds, lastGoodDay } = said;
  const span = days === 1 ? asOf : `${from} to ${asOf}`;
  const seconds = (milliseconds / 1000).toFixed(2);
  const accounts = {
    account: ['text', '科目号', `account on ${asOf}`],
    nameZh: ['text', '科目'],
    subledger: ['text', '分户账', 'sub-ledger'],
    positions: ['amount', '分户账余额', 'positions'],
    ledger: ['amount', '总账余额', 'ledger'],
    difference: ['amount', '差额', 'difference'],
  } as const;
  return {
    head: { from, asOf, days, loans, ok, lastGoodDay },
    headline: `general ledger and sub-ledger 总分核对 ${span}, ${loans} loans`,
    tables: [
      tableOf('总分核对', accounts, said.accounts),
      tableOf('科目差异', ACCOUNT_BREAKS, said.accountBreaks, {
        screen: {
          sentence: ({ businessDate, account, groupId, rule, expected, actual, difference }) =>
            `${businessDate} account ${account}, group ${groupId}: ${rule}: ` +
            `expected ${expected}, actual ${actual}, difference ${difference}`,
        },
      }),
      tableOf('借据差异', LOAN_BREAKS, said.loanBreaks, {
        screen: {
          sentence: ({ businessDate, loanNo, measure, explained, changed, difference }) =>
            `${businessDate} loan ${loanNo} ${measure}: journal explains ${explained}, ` +
            `position changed by ${changed}, difference ${difference}`,
        },
      }),
    ],
    notes: [
      ...(lastGoodDay === null ? [] : [`all tied last on ${lastGoodDay}`]),
      `${days} days in ${seconds} s: ${ok ? 'all tie' : 'DIFFERENCES'}`,
    ],
  };
}

function backwards(options: ReconcileOptions): LoanbookError {
  return new LoanbookError('range_backwards', '--from lies behind --as-of', {
    exitCode: EXIT.usage,
    evidence: { from: options.from, asOf: options.asOf },
    next: 'give the earlier day as --from',
  });
}
