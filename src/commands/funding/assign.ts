import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT } from '../../errors.js';
import { type Report, tableOf } from '../../files/report.js';
import { SHARED } from '../../funding/plan/plan.js';
import { type AssignedList, assignLoans } from '../../jobs/funding/assign/assign-loans.js';
import { readAssignment } from '../../jobs/funding/assign/assignment-file.js';
import type { PricedLoan } from '../../jobs/funding/assign/price-loans.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { actInBook, noteWaiting } from '../shell/person-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Flags extends ReportFlags {
  readonly by?: string;
  readonly checker?: string;
  readonly dryRun?: boolean;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd.argument('<file>').option('--by <name>').option('--checker <name>').option('--dry-run');
    configureReport(cmd);
  },
  async run(context, [file], { by, checker, dryRun = false, ...flags }) {
    const way = wayOut(context, flags, file);
    const checked = await readAssignment(file);
    const actor = { by, act: 'funding_assign' } as const;
    const { approval, status, ...list } = await actInBook(context, actor, (client, person) =>
      assignLoans(client, checked, { source: file, by: person, checker, dryRun }),
    );
    const said = { ...inWords(list), ...(approval === undefined ? {} : { approval, status }) };
    await putReport(context, reportOf(said), way, { document: said, isShownToo: true });
    if (list.outcome === 'unchanged') noteDoneBefore(context, list.outcome);
    noteWaiting(context, approval);
    return list.loans.some(({ state }) => state === 'declined') ? EXIT.failed : undefined;
  },
};

type Said = ReturnType<typeof inWords>;

/** What leaves the lender by component, and why a loan is declined. */
type LoanRow = { readonly [Title in (typeof TITLES)[number]]?: string };
const TITLES = ['loanNo', 'state', ...SHARED, 'price', 'gain', 'rule', 'value'] as const;

function inWords({
  loans,
  sold,
  price,
  minorDigits,
  ...rest
}: Omit<AssignedList, 'outcome'> & { readonly outcome: string }) {
  const text = (fen: number) => formatAmount(fen, minorDigits);
  return {
    ...rest,
    pool: { sold: text(sold), price: text(price), gain: text(price - sold) },
    loans: loans.map((loan) => loanInWords(loan, text)),
  };
}

function loanInWords(
  { loanNo, state, rule, value, sold, price, gain }: PricedLoan,
  text: (fen: number) => string,
) {
  if (sold === undefined || price === undefined || gain === undefined) {
    return { loanNo, state, rule, value };
  }
  const named: Record<string, string> = Object.fromEntries(
    SHARED.map((word, at) => [word, text(sold[at]!)]),
  );
  return { loanNo, state, sold: named, price: text(price), gain: text(gain) };
}

function reportOf({ loans, pool, ...rest }: Said): Report {
  return {
    head: { ...rest, ...pool },
    tables: [
      tableOf<LoanRow>(
        'loans',
        {
          loanNo: ['text', 'loan'],
          state: 'text',
          principal: 'amount',
          interest: 'amount',
          penalty: 'amount',
          compound: 'amount',
          fee: 'amount',
          price: 'amount',
          gain: 'amount',
          rule: 'text',
          value: 'text',
        },
        loans.map(({ sold, ...loan }): LoanRow => ({ ...loan, ...sold })),
      ),
    ],
  };
}
