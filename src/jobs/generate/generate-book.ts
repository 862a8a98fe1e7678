import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { writeWhole } from '../../files/new-file.js';
import { CsvWriter } from './csv-writer.js';
import { type DrawnLoan, drawLoan } from './draw-loan.js';
import { drawRepayments, payOneDay, repayAtOnce } from './loan-repayments.js';
import { type Manifest, repaymentsFile, Tally } from './manifest.js';
import type { BookWindow, GenerateOptions } from './options.js';
import { productFile } from './product-documents.js';
import { type ProductMix, productMixes } from './product-mix.js';
import { Random } from './random.js';

const LOANS_HEADER =
  'loan_no,product,principal,rate,periods,disbursed_on,first_due_on,paid_periods,org';
const REPAYMENTS_HEADER = 'ref,loan_no,value_date,amount,type';
const MINOR_DIGITS = 2;
const MANIFEST = 'manifest.json';

/** Loans between two looks at the buffers, the progress and the signal. */
const BATCH_LOANS = 1000;

/** Of the loans of the generated days, the second and every eighth after it is settled at once. */
const SETTLED_AT_ONCE_EVERY = 8;
const SETTLED_AT_ONCE_FIRST = 2;

/** The files of a book while it is written. */
interface BookFiles {
  readonly loans: CsvWriter;
  /** One a generated business day. */
  readonly repayments: readonly CsvWriter[];
}

/**
 * Writes a loan book into `options.outFolder`: product documents, loans, a repayment file a
 * business day and, last, the manifest, which is returned. Memory does not grow with the book, and
 * the same options give the same bytes; where they were given before, nothing is written again.
 * `onProgress` hears how many more loans are written. Throws LoanbookError `out_not_empty` (2) and
 * `interrupted` (130), which leaves an empty folder.
 */
export async function generateBook(
  options: GenerateOptions,
  onProgress: (loans: number) => void,
): Promise<Manifest> {
  const mixes = productMixes(options);
  const earlier = await prepareFolder(options);
  if (earlier !== undefined) return earlier;
  try {
    return await writeBook(options, mixes, onProgress);
  } catch (error) {
    // The folder was empty: what is in it is ours, and would keep the same command from its work.
    await emptyFolder(options.outFolder);
    throw error;
  }
}

async function writeBook(
  options: GenerateOptions,
  mixes: readonly ProductMix[],
  onProgress: (loans: number) => void,
): Promise<Manifest> {
  for (const mix of mixes) await create(options, productFile(mix.text), mix.text.yaml);
  const tally = new Tally(options, mixes);
  const files = await openFiles(options);
  const all = [files.loans, ...files.repayments];
  try {
    await writeLoans(options, mixes, files, tally, onProgress);
    for (const file of all) await file.finish();
  } catch (error) {
    for (const file of all) await file.discard();
    throw error;
  }
  const manifest = tally.manifest();
  await create(options, MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function writeLoans(
  options: GenerateOptions,
  mixes: readonly ProductMix[],
  files: BookFiles,
  tally: Tally,
  onProgress: (loans: number) => void,
): Promise<void> {
  const window = { startOn: options.startOn, endOn: options.startOn + options.days - 1 };
  const random = new Random(options.seed);
  const textOf = dayTexts();
  let born = 0;
  for (let from = 1; from <= options.loans; from += BATCH_LOANS) {
    const to = Math.min(from + BATCH_LOANS - 1, options.loans);
    for (let serial = from; serial <= to; serial += 1) {
      random.reseed(serial);
      const loan = drawLoan(random, mixes, options.profile, window);
      if (loan.standing === 'new') born += 1;
      const loanNo = loanNumber(textOf(loan.contract.disbursedOn), serial);
      files.loans.add(loanLine(loanNo, loan, textOf));
      tally.loan(loan);
      const emit = (day: EpochDay, type: string, amount: Fen | null): void => {
        const at = day - window.startOn;
        files.repayments[at]!.add(
          repaymentLine(textOf(day), files.repayments[at]!.rows + 1, loanNo, type, amount),
        );
        tally.event(at, amount);
      };
      const isSettledAtOnce =
        loan.standing === 'new' && born % SETTLED_AT_ONCE_EVERY === SETTLED_AT_ONCE_FIRST;
      if (isSettledAtOnce) repayAtOnce(random, loan, emit);
      else drawEvents(random, options, loan, window, emit);
    }
    for (const file of [files.loans, ...files.repayments]) await file.flush();
    onProgress(to - from + 1);
    await breathe(options.signal);
  }
}

function drawEvents(
  random: Random,
  options: GenerateOptions,
  loan: DrawnLoan,
  window: BookWindow,
  emit: (day: EpochDay, type: string, amount: Fen | null) => void,
): void {
  if (options.profile === 'bench-one-day') {
    payOneDay(random, loan, options.repayShare, window, emit);
  } else {
    drawRepayments(random, loan, window, emit);
  }
}

/** Lets signals in between two batches. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  if (signal?.aborted !== true) return;
  throw new LoanbookError('interrupted', 'the book was not completed; nothing of it is left', {
    exitCode: EXIT.interrupted,
    next: 'run the same command again',
  });
}

/** Unique by its serial; the month is that of the disbursement, as lenders number contracts. */
function loanNumber(disbursedOn: string, serial: number): string {
  const month = disbursedOn.slice(0, 4) + disbursedOn.slice(5, 7);
  return `HT${month}${String(serial).padStart(8, '0')}`;
}

function loanLine(loanNo: string, loan: DrawnLoan, textOf: (day: EpochDay) => string): string {
  const { principal, periods, disbursedOn, firstDueOn } = loan.contract;
  const amount = formatAmount(principal, MINOR_DIGITS);
  const dates = `${textOf(disbursedOn)},${firstDueOn === null ? '' : textOf(firstDueOn)}`;
  const { code } = loan.mix.text;
  const terms = `${amount},${loan.rate.text},${periods}`;
  return `${loanNo},${code},${terms},${dates},${loan.paidPeriods},${loan.org}`;
}

function repaymentLine(
  date: string,
  row: number,
  loanNo: string,
  type: string,
  amount: Fen | null,
): string {
  const ref = `R${date.replaceAll('-', '')}-${String(row).padStart(7, '0')}`;
  const text = amount === null ? '' : formatAmount(amount, MINOR_DIGITS);
  return `${ref},${loanNo},${date},${text},${type}`;
}

/** Dates repeat: a book has about a thousand of them. */
function dayTexts(): (day: EpochDay) => string {
  const texts = new Map<EpochDay, string>();
  return (day) => {
    let text = texts.get(day);
    if (text === undefined) {
      text = formatDay(day);
      texts.set(day, text);
    }
    return text;
  };
}

async function openFiles(options: GenerateOptions): Promise<BookFiles> {
  const { outFolder, startOn, days } = options;
  const openFile = (name: string, header: string) =>
    CsvWriter.create(join(outFolder, name), name, header);
  const loans = await openFile('loans.csv', LOANS_HEADER);
  const repayments: CsvWriter[] = [];
  for (let at = 0; at < days; at += 1) {
    repayments.push(await openFile(repaymentsFile(formatDay(startOn + at)), REPAYMENTS_HEADER));
  }
  return { loans, repayments };
}

/**
 * Files of another book would be read as part of this one. Gives the manifest of a folder that
 * holds the very book that is asked for.
 */
async function prepareFolder(options: GenerateOptions): Promise<Manifest | undefined> {
  const folder = options.outFolder;
  await mkdir(folder, { recursive: true });
  const found = await readdir(folder);
  if (found.length > 0) {
    const earlier = found.includes(MANIFEST) ? await readManifest(folder) : undefined;
    if (earlier !== undefined && isOf(earlier, options)) return earlier;
    throw new LoanbookError('out_not_empty', 'the folder for the book is not empty', {
      exitCode: EXIT.usage,
      evidence: { folder, files: found.length, first: found.sort()[0] },
      next: 'name a new folder, or empty this one',
    });
  }
  await mkdir(join(folder, 'products'));
  return undefined;
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

/** A manifest does not tell the share of loans that pay, which one profile alone takes. */
function isOf(manifest: Manifest, options: GenerateOptions): boolean {
  const { profile, seed, loans, startOn, days } = options;
  const asked = [profile, seed, loans, formatDay(startOn), days];
  const made = [manifest.profile, manifest.seed, manifest.loans, manifest.start, manifest.days];
  return profile !== 'bench-one-day' && asked.every((value, at) => value === made[at]);
}

async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function create(options: GenerateOptions, name: string, text: string): Promise<void> {
  await writeWhole(join(options.outFolder, name), [text]);
}
