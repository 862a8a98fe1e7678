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

/** Two nights and a month end, in order. */
export function programme(files: BookFiles): readonly Job[] {
  const [, first, second, third] = DAYS;
  const job = (
    name: string,
    day: string,
    words: readonly string[],
    tables: string,
    more: Partial<Job> = {},
  ): Job => ({
    name,
    before: [],
    words: async () => words,
    after: [followingClose(day)],
    tables: tables.split(' '),
    barriers: [],
    ...more,
  });
  const importing = { barriers: BARRIERS.import };
  const loans = 'book loan schedule schedule_balance event product_version accounting_group';
  const events = 'book loan event imported_file product_version';
  const entries = 'book entry entry_line account run';
  const close = 'run step event loan schedule schedule_balance book sealed_day gl_balance entry';
  const statements = `${entries} statement recon_break event event_outcome journal_line`;
  const nothingAfter = { after: [], barriers: BARRIERS.eod };
  return [
    job('product apply', first, ['product', 'apply', files.newProduct], 'product_version book'),
    job('ledger apply', first, ['ledger', 'apply', files.ledger], 'ledger_version account book'),
    job('import loans', first, ['import', 'loans', files.moreLoans], loans, importing),
    job('import repayments', first, ['import', 'repayments', files.repayments[1]!], events, importing),
    job('import events', first, ['import', 'events', files.events], events, importing),
    job(
      'voucher import',
      first,
      ['gl', 'voucher', 'import', files.vouchers, ...BY],
      'voucher_file manual_voucher manual_voucher_line account',
    ),
    job(
      'voucher approve',
      first,
      ['gl', 'voucher', 'approve', '1', ...CHECKED],
      `${entries} manual_voucher voucher_decision`,
    ),
    job('close', first, followingClose(first), close, nothingAfter),
    job(
      'reconcile channel',
      second,
      ['reconcile', 'channel', files.statement, '--channel', 'WX', ...BY],
      statements,
      { barriers: BARRIERS.reconcile },
    ),
    job(
      'reconcile bank',
      second,
      ['reconcile', 'bank', files.bankStatement, '--channel', 'ICBC', ...BY],
      statements,
      { barriers: ['reconcile.store'] },
    ),
    job('break resolve', second, [], `${entries} recon_break break_action`, { words: resolve }),
    job('close month end', second, followingClose(second), close, {
      before: [['import', 'repayments', files.repayments[2]!]],
      ...nothingAfter,
    }),
    job(
      'impairment',
      third,
      ['impairment', 'run', '--as-of', second, ...BY],
      `${entries} impairment_run impairment_loan impairment_version position`,
      { barriers: BARRIERS.impairment },
    ),
    job(
      'period close',
      third,
      ['gl', 'period', 'close', MONTH, '--accept-unproven', 'of the test', ...BY],
      'period_event month_row position sealed_day gl_balance audit',
      { barriers: BARRIERS.period },
    ),
    job('import cancel', third, [], `${events} audit`, {
      before: [['import', 'repayments', files.wrongRepayments]],
      words: cancel,
    }),
    job('close after posting', third, followingClose(third), close, {
      before: [['import', 'repayments', files.repayments[3]!]],
      ...nothingAfter,
    }),
  ];
}

async function resolve(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: number }>(
    `SELECT min(break_id)::int AS id FROM recon_break WHERE state = 'open' AND type = 'amount'`,
  );
  const how = ['--as', 'written_off', '--reason', 'too small', '--checker', 'wang'];
  return ['breaks', 'resolve', String(rows[0]!.id), ...how, ...BY];
}

async function cancel(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: number }>(
    'SELECT max(import_id)::int AS id FROM imported_file',
  );
  return ['import', 'cancel', String(rows[0]!.id), '--reason', 'the wrong file'];
}
