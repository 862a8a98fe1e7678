import { join } from 'node:path';
import type pg from 'pg';
import { packageRoot } from '../package-root.js';
import { type BookFiles, DAYS, followingClose, MONTH } from './book-files.js';

/** One command of the programme, which faults may meet. */
export interface Job {
  readonly name: string;
  /** Undisturbed, before it: what its files and documents stand on. */
  readonly before: readonly (readonly string[])[];
  /** Its words; of the numbers in it the database of the checkpoint tells. */
  words(client: pg.Client): Promise<readonly string[]>;
  /** Closes the day that it leaves open, so that a sealed hash stands over what it did. */
  readonly after: readonly (readonly string[])[];
  /** Tables that it needs: those a stranger holds. */
  readonly tables: readonly string[];
  /** Places in its code at which it can be held; see `jobs/runs/barrier.ts`. */
  readonly barriers: readonly string[];
}

/** What holds of every book that nobody tampered with: asked when a round is over. */
export const PROOFS = [
  ['audit', 'verify'],
  ['check', 'chain'],
] as const;

const BY = ['--by', 'li'];
const CHECKED = ['--by', 'wang'];

const places = (job: string, names: string) => names.split(' ').map((name) => `${job}.${name}`);

/** By job, the places in the order in which it comes by. */
export const BARRIERS = {
  eod: places('eod', 'open fold post tidy sums checks seal end'),
  import: places('import', 'stage store end'),
  reconcile: places('reconcile', 'stage match store end'),
  impairment: places('impairment', 'compute post end'),
  period: places('period', 'check rows carry end'),
} as const;

/** What makes the book that every round begins with or goes through; its first day is closed. */
export function setUp(files: BookFiles): readonly (readonly string[])[] {
  return [
    ['product', 'apply', ...files.products],
    ...files.channels.map((file) => ['channel', 'apply', file]),
    ['impairment', 'apply', join(packageRoot, 'config/impairment.yaml')],
    ['import', 'loans', files.loans],
    ['import', 'repayments', files.repayments[0]!],
    followingClose(DAYS[0]),
  ];
}

const TABLES = {
  loans: 'book loan schedule schedule_balance event product_version accounting_group',
  events: 'book loan event imported_file product_version',
  entries: 'book entry entry_line account run',
  close: 'run step event loan schedule schedule_balance book sealed_day gl_balance entry',
  statements:
    'book entry entry_line account statement recon_break event event_outcome journal_line',
} as const;

type Words = readonly string[];

function job(name: string, day: string, words: Words, tables: string, more?: Partial<Job>): Job {
  return {
    name,
    before: [],
    words: async () => words,
    after: [followingClose(day)],
    tables: tables.split(' '),
    barriers: [],
    ...more,
  };
}

function close(name: string, day: string, before: readonly Words[]): Job {
  const more = { before, after: [], barriers: BARRIERS.eod };
  return job(name, day, followingClose(day), TABLES.close, more);
}

/** Two nights and a month end, in order. */
export function programme(files: BookFiles): readonly Job[] {
  return [...firstNight(files), ...secondNight(files), ...afterMonthEnd(files)];
}

function firstNight(files: BookFiles): readonly Job[] {
  const [, day] = DAYS;
  const importing = (kind: string, file: string, tables: string) =>
    job(`import ${kind}`, day, ['import', kind, file], tables, { barriers: BARRIERS.import });
  const vouchers = ['gl', 'voucher', 'import', files.vouchers, ...BY];
  const approval = ['gl', 'voucher', 'approve', '1', ...CHECKED];
  return [
    job('product apply', day, ['product', 'apply', files.newProduct], 'product_version book'),
    job('ledger apply', day, ['ledger', 'apply', files.ledger], 'ledger_version account book'),
    importing('loans', files.moreLoans, TABLES.loans),
    importing('repayments', files.repayments[1]!, TABLES.events),
    importing('events', files.events, TABLES.events),
    job('voucher import', day, vouchers, 'voucher_file manual_voucher manual_voucher_line account'),
    job('voucher approve', day, approval, `${TABLES.entries} manual_voucher voucher_decision`),
    close('close', day, []),
  ];
}

function secondNight(files: BookFiles): readonly Job[] {
  const [, , day] = DAYS;
  const reconciling = (kind: string, file: string, code: string, barriers: Words) => {
    const words = ['reconcile', kind, file, '--channel', code, ...BY];
    return job(`reconcile ${kind}`, day, words, TABLES.statements, { barriers });
  };
  const tables = `${TABLES.entries} recon_break break_action`;
  return [
    reconciling('channel', files.statement, 'WX', BARRIERS.reconcile),
    reconciling('bank', files.bankStatement, 'ICBC', ['reconcile.store']),
    job('break resolve', day, [], tables, { words: resolve }),
    close('close month end', day, [['import', 'repayments', files.repayments[2]!]]),
  ];
}

function afterMonthEnd(files: BookFiles): readonly Job[] {
  const [, , monthEnd, day] = DAYS;
  const accepted = ['--accept-unproven', 'of the test', ...BY];
  return [
    job(
      'impairment',
      day,
      ['impairment', 'run', '--as-of', monthEnd, ...BY],
      `${TABLES.entries} impairment_run impairment_loan impairment_version position`,
      { barriers: BARRIERS.impairment },
    ),
    job(
      'period close',
      day,
      ['gl', 'period', 'close', MONTH, ...accepted],
      'period_event month_row position sealed_day gl_balance audit',
      { barriers: BARRIERS.period },
    ),
    job('import cancel', day, [], `${TABLES.events} audit`, {
      before: [['import', 'repayments', files.wrongRepayments]],
      words: cancel,
    }),
    close('close after posting', day, [['import', 'repayments', files.repayments[3]!]]),
  ];
}

async function resolve(client: pg.Client): Promise<Words> {
  const { rows } = await client.query<{ id: number }>(
    `SELECT min(break_id)::int AS id FROM recon_break WHERE state = 'open' AND type = 'amount'`,
  );
  const how = ['--as', 'written_off', '--reason', 'too small', '--checker', 'wang'];
  return ['breaks', 'resolve', String(rows[0]!.id), ...how, ...BY];
}

async function cancel(client: pg.Client): Promise<Words> {
  const { rows } = await client.query<{ id: number }>(
    'SELECT max(import_id)::int AS id FROM imported_file',
  );
  return ['import', 'cancel', String(rows[0]!.id), '--reason', 'the wrong file'];
}
