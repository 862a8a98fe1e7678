import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { applyLedger } from '../../src/jobs/book/apply-dated.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { checksBesideHash } from '../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { discardDay } from '../../src/jobs/eod/run/discard-day.js';
import { applyFiles, loadFiles } from '../../src/jobs/files/files-in-force.js';
import { releaseOut } from '../../src/jobs/files/release-out.js';
import { scanInbox } from '../../src/jobs/files/scan-inbox.js';
import { endTakenFile, takeReadyFile } from '../../src/jobs/files/take-file.js';
import { writePartnerFiles } from '../../src/jobs/funding/files/write-file.js';
import { applyFundingPlan } from '../../src/jobs/funding/funding-plans.js';
import { applyTerms } from '../../src/jobs/funding/terms/apply-terms.js';
import { applyImpairment } from '../../src/jobs/impairment/impairment-parameters.js';
import { runImpairment } from '../../src/jobs/impairment/run-impairment.js';
import { importBalances } from '../../src/jobs/import/balances/import-balances.js';
import { cancelImport } from '../../src/jobs/import/cancel-import.js';
import { importEvents } from '../../src/jobs/import/import-events.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { initKeys } from '../../src/jobs/parties/book-keys.js';
import { eraseParty } from '../../src/jobs/parties/erase-party.js';
import { importParties } from '../../src/jobs/parties/import-parties.js';
import { retireKey } from '../../src/jobs/parties/retire-key.js';
import { rotateKeys } from '../../src/jobs/parties/rotate-keys.js';
import { closePeriod } from '../../src/jobs/period/close-period.js';
import { approveVoucher, rejectVoucher } from '../../src/jobs/period/decide-voucher.js';
import { importVouchers, listVouchers } from '../../src/jobs/period/manual-voucher.js';
import { reopenPeriod } from '../../src/jobs/period/reopen-period.js';
import { applyPlan } from '../../src/jobs/plan/plans.js';
import { applyChannel } from '../../src/jobs/reconcile/channel.js';
import { reconcileBank } from '../../src/jobs/reconcile/reconcile-bank.js';
import { reconcileChannel } from '../../src/jobs/reconcile/reconcile-channel.js';
import { assignBreak, resolveBreak } from '../../src/jobs/reconcile/resolve-break.js';
import { endExecution, takeRun } from '../../src/jobs/runs/instance.js';
import { Patience } from '../../src/jobs/runs/waiting.js';
import { packageRoot } from '../../src/package-root.js';
import { type ScratchBook, scratchBook } from '../support/scratch-book.js';

const FRAME = `effective_from: 2025-01-01
interest: {basis: 365, period_interest: actual_days}
`;
/** NIGHT: a night of penalty is the whole principal, so that a large loan is held soon. */
const PRODUCTS = [
  `code: NIGHT
${FRAME}repayment: {method: bullet, periods: 1, interval: {every: 1, unit: day}}
penalty: {rate: {annual: 365}}
`,
  `code: ROLL
${FRAME}repayment: {method: equal_principal, periods: 6, interval: {every: 2, unit: day}}
allocation: {early_payment: hold}
`,
];

const LOANS = [
  'BIG,NIGHT,50000000000000.00,0,1,2026-03-28,head,',
  'LATE,NIGHT,1200.00,0,1,2026-03-28,head,',
  'A1,ROLL,1200.00,0.36,6,2026-03-28,head,C1',
  'a-2,ROLL,600.00,0.18,6,2026-03-28,east,C2',
  'GONE,ROLL,300.00,0.18,6,2026-03-28,east,',
  'OPENED,ROLL,900.00,0.18,6,2026-03-25,head,',
  'SELF,ROLL,600.00,0.18,2,2026-03-28,head,',
];
const OWN_ROWS = ['SELF,2026-03-30,300.00,0.60,1.00', 'SELF,2026-04-15,300.00,2.50,0.50'];

/** Events by the day that is open when they come. */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  '2026-03-29': ['S1,GONE,settlement,2026-03-29,,', 'R1,A1,repayment,2026-03-29,10.00,'],
  '2026-03-30': ['P1,A1,prepayment,2026-03-30,100.00,', 'R2,a-2,repayment,2026-03-30,101.00,'],
  '2026-03-31': ['R3,LATE,repayment,2026-03-29,500.00,', 'V1,A1,reversal,2026-03-31,,R1'],
  '2026-04-01': ['R4,a-2,repayment,2026-04-01,100.00,', 'W1,LATE,write_off,2026-04-01,,'],
};

const CHANNEL = `code: WX
columns: {order_no: order, amount: amount, fee: fee, value_date: date}
`;
const BANK = `code: ICBC
kind: bank
columns: {order_no: ref, amount: amount, value_date: date}
`;
const IMPAIRMENT = `effective_from: 2026-01-01
stages: {stage_2_after: 0, stage_3_after: 90}
exposure: [principal]
parameters:
  - {stage: 1, pd: '0.01', lgd: '0.45'}
  - {stage: 2, pd: '0.1', lgd: '0.45'}
  - {stage: 3, pd: '1', lgd: '0.75'}
`;

export const PROOF_DAYS = ['2026-03-28', '2026-03-29', '2026-03-30', '2026-03-31'] as const;
/** The last two sealed days: what was done to the book by hand is chained with the first of them. */
export const LATER_DAYS = ['2026-04-01', '2026-04-02'] as const;

/** An answer of a guarantor, with what is owed back of it. */
const ACTS = `
  INSERT INTO guarantee_act (act_id, business_date, bucket, loan_id, type, seq, amount, ref,
      after_event, acted_by)
    SELECT 1, business_date, 0, 0, 'compensation', 1, 100, 'K1', 0, 'Root' FROM book;
  INSERT INTO guarantor_item (act_id, business_date, guarantor, kind, amount)
    SELECT 1, business_date, 'G1', 'return', 40 FROM book`;

/** One loan was paid to a merchant. */
const sold = (loan: string) => `${loan},${loan.startsWith('a-2') ? 'M1' : ''}`;

/**
 * A book in which every table has a row: loans of all sorts, late events, a schedule laid again,
 * loans held and gone, tax, a month closed, opened again and closed, impairment, manual vouchers,
 * statements with breaks, an import taken back, a close discarded. All of it is sealed.
 */
export async function proofBook(): Promise<ScratchBook> {
  const book = await scratchBook();
  const { client } = book;
  const policyFile = `${packageRoot}/config/policy-uncapped.yaml`;
  const frame = { firstBusinessDate: parseDay(PROOF_DAYS[0])!, calendar: 'cn', policyFile };
  await createBook(client, { entity: 'Proof', currency: 'CNY', ...frame });
  for (const text of PRODUCTS) await applyProduct(client, text, 'product');
  await customers(book);
  await applyTerms(client, 'merchant', 'code: M1\n', { source: 'merchant', by: 'Root' });
  const head = 'loan_no,product,principal,rate,periods,disbursed_on,org,party,merchant';
  await importLoans(client, {
    file: book.file('loans.csv', head, ...LOANS.map(sold)),
    schedules: book.file('rows.csv', 'loan_no,due_on,principal,interest,fee', ...OWN_ROWS),
  });
  await takeBack(book);
  await position(book);
  for (const day of PROOF_DAYS) {
    await bring(book, day);
    await close(book, day);
  }
  await byHand(book);
  await filesOfOthers(book);
  await payments(book);
  await applyFundingPlan(book.client, OWN_PLAN, 'plan.yaml');
  await applyPlan(
    client,
    readFileSync(`${packageRoot}/config/plans/night.yaml`, 'utf8'),
    'night',
    'Root',
  );
  await partnerFile(book);
  await client.query(ACTS);
  await rotateOnce(book);
  await erase(book);
  await register(book);
  for (const day of LATER_DAYS) {
    await bring(book, day);
    await close(book, day);
  }
  return book;
}

async function bring(book: ScratchBook, day: string): Promise<void> {
  const events = EVENTS[day];
  if (events === undefined) return;
  const head = 'ref,loan_no,type,value_date,amount,of';
  const file = book.file(`events-${day}.csv`, head, ...events);
  const { rowsRejected } = await importEvents(book.client, { file });
  if (rowsRejected > 0) throw new Error(`events of ${day} were rejected`);
}

async function close({ database }: ScratchBook, day: string): Promise<void> {
  await closeDays(database.target, { through: parseDay(day)!, workers: 1, tasks: 2 });
}

/** What a merchant was paid, what came back, and what was earned. */
async function merchantActs({ client }: ScratchBook): Promise<void> {
  const sums = ['gross', 'fee', 'subsidy', 'withheld', 'refunds', 'fee_back', 'subsidy_back'];
  const others = ['released', 'drawn', 'carried_in', 'paid', 'carried_out'];
  const row = {
    ...Object.fromEntries([...sums, ...others].map((name) => [name, 0])),
    ...{ merchant: 'M1', number: 1, due_on: PROOF_DAYS[1], reference: 'M-M1-1', terms_version: 1 },
    ...{ from_date: PROOF_DAYS[0], to_date: PROOF_DAYS[0], held_days: [], held_left: [] },
  };
  await client.query(`SELECT keep_merchant_settlement($1, 'Li Na')`, [JSON.stringify(row)]);
  await client.query(`SELECT keep_merchant_earning('M1', $1, 5, 'E-M1', 'Li Na')`, [PROOF_DAYS[0]]);
  await client.query(
    `INSERT INTO merchant_refund (refund_id, merchant, refund_no, bucket, loan_id, amount, earned,
       business_date, file_sha256, made_by)
     SELECT 1, 'M1', 'F1', bucket, loan_id, 1, 0, business_date, '', 'Li Na'
     FROM merchant_order CROSS JOIN book`,
  );
}

/** Customers, one of whom says something else later; the third has no loan. */
async function customers({ client, file }: ScratchBook): Promise<void> {
  const keys = { file: `${file('loans.txt')}.keys` };
  await initKeys(client, { source: keys, suite: 'sm', by: 'Root' });
  for (const rows of [['C1,王小二', 'C2,李四', 'C3,赵六'], ['C2,李四五']]) {
    await importParties(client, { file: file('parties.csv', 'party,name', ...rows), keys });
  }
}

/** Their keys are under another master key from here on, and the first one is needed no more. */
async function rotateOnce({ client, file }: ScratchBook): Promise<void> {
  const source = { file: `${file('loans.txt')}.keys` };
  await rotateKeys(client, { source, by: 'Root' });
  await retireKey(client, { version: 1, by: 'Root' });
}

/** A customer without a loan is erased. */
async function erase({ client, file }: ScratchBook): Promise<void> {
  const keys = { file: `${file('loans.txt')}.keys` };
  const options = { party: 'C3', reason: 'asked for it', by: 'Li Na', keys };
  const { approval = 0 } = await eraseParty(client, options);
  await eraseParty(client, { ...options, grant: { number: approval, by: 'Wang' } });
}

/** 600.00 of OPENED are not yet due, and of its first row 30.00 are open; what was held is put right. */
async function position({ client, file }: ScratchBook): Promise<void> {
  const installments = file(
    'installments.csv',
    'loan_no,seq,due_on,principal,fee',
    'OPENED,1,2026-03-27,30.00,2.00',
  );
  const head = 'loan_no,principal_not_due,suspense';
  const wrong = file('wrong.csv', head, 'OPENED,600.00,10.00');
  await importBalances(client, { file: wrong, installments });
  const right = file('balances.csv', head, 'OPENED,600.00,1.00');
  await importBalances(client, { file: right, installments, delta: true });
}

/** An import of events that is taken back, and a close that is begun and discarded. */
async function takeBack({ client, file }: ScratchBook): Promise<void> {
  const head = 'ref,loan_no,type,value_date,amount,of';
  const path = file('back.csv', head, 'X1,LATE,repayment,2026-03-28,1.00,');
  const { importId } = await importEvents(client, { file: path });
  await cancelImport(client, { importId: importId ?? 0, reason: 'the wrong file' });
  const date = parseDay(PROOF_DAYS[0])!;
  const close = { job: 'eod', date, workers: 1, tasks: 1, phases: ['fold', 'post'] } as const;
  const run = await takeRun(client, close, new Patience());
  await endExecution(client, run, 'failed', 'stopped by a person');
  await discardDay(client, date, 'begun too early');
}

/** The lender alone: no loan of the book is assigned under it. */
const OWN_PLAN = `code: OWN-1
version: 1
effective_from: 2027-01-01
parties: [{party: OWN, part: 1, own: true}]
`;

const PARTNER = `code: P1
layouts: {snapshot: P1-SNAP}
`;
const SNAPSHOT = `code: P1-SNAP
family: snapshot
name: snap_{date}_{version}.csv
columns: [{from: loan_no}, {from: principal, type: amount}]
`;

/** A partner that has no loan yet, and the file that says so. */
async function partnerFile({ client, file }: ScratchBook): Promise<void> {
  const said = { source: 'partner', by: 'Root' };
  await applyTerms(client, 'layout', SNAPSHOT, said);
  await applyTerms(client, 'partner', PARTNER, said);
  const folder = dirname(file('partner.txt'));
  const day = parseDay(PROOF_DAYS[3])!;
  await writePartnerFiles(client, { partner: 'P1', day, folder, by: 'Root' });
}

/** A file that came in, is done and was taken away, and one that went out. */
async function filesOfOthers({ client, file }: ScratchBook): Promise<void> {
  const home = dirname(file('inbox.txt'));
  const text = `version: 1
folders: {inbox: in, work: work, outbox: out}
rules: [{file: note, name: "note-{date}.txt", settle: 0s}]
`;
  await applyFiles(client, text, 'files', { home, by: 'Root' });
  const inForce = await loadFiles(client, home);
  file('in/note-2026-03-31.txt', 'a');
  await scanInbox(client, inForce);
  await scanInbox(client, inForce);
  await takeReadyFile(client, inForce, 1);
  await endTakenFile(client, 1, 'done', 'import 1');
  for (const act of ['begin', 'finish']) await client.query(`SELECT ${act}_removal(1)`);
  file('out/.a.csv.part', 'a');
  await releaseOut(client, join(home, 'out'), { name: 'a.csv', by: 'Root' });
}

/** An order that was answered, as the job of payments leaves it. */
async function payments({ client }: ScratchBook): Promise<void> {
  await client.query(`INSERT INTO payment_batch (batch_id, channel, business_date, name, orders,
      amount, made_by, sha256, written_at)
    VALUES (1, 'CP', '2026-04-01', 'CP-20260401-1.csv', 1, 100, 'Li Na', 'x', clock_timestamp())`);
  await client.query(`INSERT INTO payment_order (order_no, batch_id, line, channel, bucket, loan_id,
      loan_no, seq, attempt, part, asked_on, amount, party_no, party_version, account_at,
      account_mark, state, class)
    SELECT 'CP-' || loan_no || '-1-1-1', 1, 1, 'CP', bucket, loan_id, loan_no, 1, 1, 1, '2026-04-01',
      100, 'C1', 1, 0, '\\x01', 'failed', 'other' FROM loan ORDER BY loan_id DESC LIMIT 1`);
  await client.query(`INSERT INTO payment_file (file_id, channel, name, lines_sha256, lines, amount,
      taken, business_date, taken_by) VALUES (1, 'CP', 'r.csv', 'x', 1, 1, 1, '2026-04-01', 'Li Na')`);
  await client.query(`INSERT INTO payment_answer (answer_id, file_id, order_no, said, amount, class,
      changed, posted, value_date, business_date, said_by)
    SELECT 1, 1, order_no, 'failed', 0, 'other', true, 0, '2026-04-01', '2026-04-01', 'Li Na'
    FROM payment_order`);
}

/** Persons, one of whom is not one any more: from here on names are not taken as they are. */
async function register({ client }: ScratchBook): Promise<void> {
  const add = (name: string, role: string) =>
    client.query('SELECT add_person($1, $2, NULL, $3)', [name, [role], 'Root']);
  await add('Root', 'administrator');
  for (const name of ['Li Na', 'Wang', 'Zhao']) await add(name, 'finance');
  await add('Gone', 'risk');
  await client.query('SELECT disable_person($1, $2)', ['Gone', 'Root']);
}

/** Everything that people do beside the loans, with 1 April open. */
async function byHand(book: ScratchBook): Promise<void> {
  const { client, file } = book;
  await applyLedger(client, renamedLedger(), 'ledger');
  const lines = ['PAY,2026-04-01,1012.01,100.50,,fee', 'PAY,2026-04-01,1012.02,,100.50,fee'];
  const waits = ['WAIT,2026-04-01,1012.01,9.00,,fee', 'WAIT,2026-04-01,1012.02,,9.00,fee'];
  const more = ['NO,2026-04-01,1012.01,7.00,,fee', 'NO,2026-04-01,1012.02,,7.00,fee'];
  const vouchers = file(
    'vouchers.csv',
    'voucher_no,date,account,debit,credit,memo',
    ...lines,
    ...more,
    ...waits,
  );
  await importVouchers(client, { file: vouchers, by: 'Li Na' });
  const waiting = (await listVouchers(client, false)).vouchers;
  const idOf = (no: string) => waiting.find(({ voucherNo }) => voucherNo === no)?.id ?? 0;
  await approveVoucher(client, { id: idOf('PAY'), by: 'Wang' });
  await rejectVoucher(client, { id: idOf('NO'), by: 'Wang', reason: 'not ours' });
  await applyChannel(client, CHANNEL, 'channel');
  await applyChannel(client, BANK, 'bank');
  const orders = [
    'R2,101.00,0.30,2026-03-30',
    'OTHER,55.00,0.10,2026-03-30',
    'MORE,5.00,0,2026-03-30',
  ];
  const statement = file('wx-2026-03-30.csv', 'order,amount,fee,date', ...orders);
  await reconcileChannel(client, { file: statement, channel: 'WX', by: 'Li Na' });
  const bank = file('icbc-2026-04-01.csv', 'ref,amount,date', 'TRANSFER,3.00,2026-04-01');
  await reconcileBank(client, { file: bank, channel: 'ICBC', by: 'Li Na' });
  const breaks = await book.rows('SELECT break_id::int AS id FROM recon_break ORDER BY break_id');
  const [first, second] = breaks.map(({ id }) => Number(id));
  await assignBreak(client, first ?? 0, { to: 'Zhao', by: 'Li Na', note: 'look' });
  await resolveBreak(client, second ?? 0, { as: 'refunded', reason: 'paid back', by: 'Zhao' });
  await applyImpairment(client, IMPAIRMENT, 'impairment');
  await runImpairment(client, { by: 'Li Na' });
  await client.query(
    `SELECT keep_settlement('P1', 'net', $1, $1, $1, 0, 0, 'S-P1', 1, 'Li Na') FROM book`,
    [PROOF_DAYS[0]],
  );
  await client.query(
    `SELECT keep_assignment('POOL', 1, 'sale', business_date - 1, NULL, 'SPV1', '', '', 'Li Na',
       'Zhao', '{}', ARRAY[l.bucket], ARRAY[l.loan_id], '{1}', '{t}', '{1,2,3,4,5}', '{1,2,3,4,5}',
       '{1,2,3,4,5,6,7}', '{9}') FROM book, (SELECT * FROM loan ORDER BY loan_id LIMIT 1) AS l`,
  );
  await merchantActs(book);
  const period = {
    name: '2026-03',
    by: 'Zhao',
    acceptUnproven: 'known',
    checksOf: checksBesideHash,
  };
  await closePeriod(client, period);
  await reopenPeriod(client, { name: '2026-03', by: 'Zhao', reason: 'a voucher more' });
  await closePeriod(client, period);
}

/** The packaged ledger with another name for an account, from the last day on. */
function renamedLedger(): string {
  const text = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
  return text
    .replace(/^effective_from: .*$/m, `effective_from: ${LATER_DAYS[1]}`)
    .replace('Cash at bank', 'Cash at banks');
}
