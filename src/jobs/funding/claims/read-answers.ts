import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { inTransaction } from '../../../db/connect.js';
import { inspectFile } from '../../../files/file-content.js';
import { keptName } from '../../../files/mask.js';
import { writeAudit } from '../../approvals/audit.js';
import type { Book } from '../../book/book.js';
import { loadBook } from '../../book/load-book.js';
import { dayIsBeingClosed, holdOpenDay } from '../../book/open-day.js';
import { takeJobLock } from '../../runs/lock-order.js';
import { Patience, type Waits } from '../../runs/waiting.js';
import type { BadLine } from '../whole-file.js';
import { type Answer, answersRefused, readAnswers } from './answer-file.js';
import { type GuaranteedLoanOfBook, guaranteedGroups, loadGuaranteed } from './guaranteed-loans.js';
import { type Act, keepActs } from './keep-acts.js';
import { replay } from './replay.js';

export interface TakenAnswers {
  readonly file: string;
  readonly businessDate: string;
  readonly outcome: 'taken' | 'unchanged';
  readonly answers: number;
  /** Minor units: paid to loans, and to be returned. */
  readonly paid: number;
  readonly returned: number;
  readonly minorDigits: number;
  readonly dryRun: boolean;
}

export interface AnswerOptions {
  readonly file: string;
  readonly by: string;
  readonly dryRun?: boolean;
  readonly waits?: Waits;
}

/**
 * Takes a guarantor's answers on the open day, all or none: what is paid, short or whole, and what
 * it refuses. A file that was taken is `unchanged`. Throws LoanbookError `answers_refused` (1) with
 * the rule of each line (a claim that is not there, that was paid or refused, a short buy-back),
 * `wrong_header`, `day_is_being_closed`, `import_is_running` (75), `no_book`.
 */
export async function readClaimAnswers(
  client: pg.Client,
  { file, by, dryRun = false, waits }: AnswerOptions,
): Promise<TakenAnswers> {
  const { sha256 } = await inspectFile(file);
  const book = await loadBook(client);
  const answers = await readAnswers(file, book.minorDigits);
  return inTransaction(client, async () => {
    await takeJobLock(client, 'import', new Patience(waits));
    const open = await holdOpenDay(client);
    const businessDate = formatDay(open.date);
    const nothing = { answers: answers.length, paid: 0, returned: 0 };
    const about = { file, businessDate, minorDigits: book.minorDigits, dryRun };
    if (await isTaken(client, sha256)) return { ...about, ...nothing, outcome: 'unchanged' };
    if (open.isBeingClosed) throw dayIsBeingClosed(businessDate, file);
    const acts = await actsOf(client, book, { file, answers, day: open.date });
    const returned = acts.reduce((sum, { taken }) => sum + (taken?.outcome.returns ?? 0), 0);
    const paid = acts.reduce((sum, { amount }) => sum + amount, 0) - returned;
    if (!dryRun && acts.length > 0) {
      const source = { name: keptName(file), sha256 };
      await keepActs(client, acts, { book, day: open.date, by, source });
      const after = { sha256, answers: acts.length, paid, returned };
      await writeAudit(client, { action: 'funding claims read', subject: keptName(file), after });
    }
    return { ...about, outcome: 'taken', answers: answers.length, paid, returned };
  });
}

async function isTaken(client: pg.Client, sha256: string): Promise<boolean> {
  const { rows } = await client.query('SELECT FROM guarantee_act WHERE file_sha256 = $1 LIMIT 1', [
    sha256,
  ]);
  return rows.length > 0;
}

/** What each answer comes to, in the order of the file. Throws `answers_refused`. */
async function actsOf(
  client: pg.Client,
  book: Book,
  {
    file,
    answers,
    day,
  }: { readonly file: string; readonly answers: readonly Answer[]; readonly day: EpochDay },
): Promise<Act[]> {
  const loans = await loansNamed(client, book, answers, day);
  const played = new Map(
    [...loans].map(([loanNo, loan]) => [loanNo, replay(loan, day, true)] as const),
  );
  const bad: BadLine[] = [];
  const acts = answers.flatMap(({ line, loanNo, kind, seq, amount, ref }): Act[] => {
    const loan = loans.get(loanNo);
    if (loan === undefined) {
      bad.push({ line, about: loanNo, rule: 'unknown_loan' });
      return [];
    }
    if (kind !== 'refusal' && loan.steps.some((step) => step.ref === ref && step.type === kind)) {
      bad.push({ line, about: loanNo, rule: 'repeated_key', value: ref });
      return [];
    }
    const step = { day, type: kind, seq, amount, ref, eventId: 0, valueDate: formatDay(day) };
    const taken = played.get(loanNo)!.take(step);
    const { rejected } = taken.outcome;
    if (rejected !== null) bad.push({ line, about: loanNo, rule: rejected });
    return rejected === null ? [{ loan, type: kind, seq, amount, ref, taken }] : [];
  });
  if (bad.length > 0) throw answersRefused(file, bad);
  return acts;
}

/** Guaranteed loans by their numbers. */
async function loansNamed(
  client: pg.Client,
  book: Book,
  answers: readonly Answer[],
  day: EpochDay,
): Promise<Map<string, GuaranteedLoanOfBook>> {
  const groups = [...guaranteedGroups(book)];
  const { rows } = await client.query<{ loanId: number }>(
    `SELECT loan_id AS "loanId" FROM loan
     WHERE loan_no = ANY ($1) AND group_id = ANY ($2) AND disbursed_on <= $3`,
    [[...new Set(answers.map(({ loanNo }) => loanNo))], groups, formatDay(day)],
  );
  const loans = await loadGuaranteed(
    client,
    book,
    rows.map(({ loanId }) => loanId),
  );
  return new Map(loans.map((loan) => [loan.loanNo, loan]));
}
