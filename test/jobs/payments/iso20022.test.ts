import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMES, type PaymentBook, paymentBook } from './payment-book.js';

const ACCOUNTS = ['6225880000000201', '6212260000000202', '6225880000000203'];
/** What the shop's name has must not end an element. */
const CREDITOR = { name: '甲 & 乙消费金融', account: '9558000000000001', agent: 'ICBKCNBJ' };
let book: PaymentBook;
beforeAll(async () => {
  const borrowers = ACCOUNTS.map((account, at) => ({
    ...{ loanNo: `L${at + 1}`, amount: `${at + 1}00.00`, accounts: [account] },
  }));
  const codes = { AM04: 'insufficient', AC04: 'card' };
  book = await paymentBook(borrowers, { codes, single: '250.00', iso20022: CREDITOR });
}, 120_000);
afterAll(() => book.remove());

async function run(...words: readonly string[]) {
  const { exitCode, stdout, stderr } = await book.line([...words, '--json']);
  const said = stdout === '' ? undefined : (JSON.parse(stdout) as Record<string, unknown>);
  return { exitCode, said, stderr };
}
const states = () =>
  book.rows<{ no: string; state: string; class: string | null }>(
    `SELECT order_no AS no, state, class FROM payment_order ORDER BY batch_id, line`,
  );

/** A report of a bank: pain.002.001.10, with what is not asked for as well. */
function report(transactions: string, group = '<GrpSts>PART</GrpSts>'): string {
  return `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">
<CstmrPmtStsRpt><GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-03-05T09:00:00+08:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>CP-20260305-1</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>
${group}</OrgnlGrpInfAndSts>${transactions}</CstmrPmtStsRpt></Document>`;
}

const payment = (...transactions: string[]) =>
  `<OrgnlPmtInfAndSts><OrgnlPmtInfId>CP-20260305-1</OrgnlPmtInfId>${transactions.join('')}
</OrgnlPmtInfAndSts>`;

const transaction = (order: string, status: string, more = '') =>
  `<TxInfAndSts><StsId>X</StsId><OrgnlEndToEndId>${order}</OrgnlEndToEndId>
<TxSts>${status}</TxSts>${more}</TxInfAndSts>`;

/** A notification of the bank with an entry of its own for each return. */
const notification = (...entries: string[]) =>
  `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">
<BkToCstmrDbtCdtNtfctn><Ntfctn><Id>N1</Id><Acct><Id><Othr><Id>9558</Id></Othr></Id></Acct>
${entries.join('')}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`;

const entry = (mark: string, amount: string, order: string, reason = '') =>
  `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-03-05</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>${order}</EndToEndId></Refs>
<Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd>
${reason === '' ? '' : `<RtrInf><Rsn><Cd>${reason}</Cd></Rsn></RtrInf>`}</TxDtls></NtryDtls></Ntry>`;

describe('orders as pain.008', () => {
  it('go out with the sum of their amounts, the same bytes each time', async () => {
    const { said } = await run('payment', 'batch', '--channel', 'CP', '--out', book.folder);
    // L3 asks 300 in parts of 250 and 50.
    expect(said).toMatchObject({ orders: 4, amount: '600.00' });
    const text = book.read('CP-20260305-1.xml');
    expect(text).toContain('<MsgId>CP-20260305-1</MsgId>');
    expect(text.match(/<NbOfTxs>4<\/NbOfTxs><CtrlSum>600.00<\/CtrlSum>/g)).toHaveLength(2);
    expect(text).toContain('<ReqdColltnDt>2026-03-05</ReqdColltnDt>');
    expect(text).toContain('<Nm>甲 &amp; 乙消费金融</Nm>');
    const order = text.split('\n').find((line) => line.includes('CP-L1-1-1-1'));
    expect(order).toContain('<InstdAmt Ccy="CNY">100.00</InstdAmt>');
    expect(order).toContain(`<Nm>${NAMES[0]}</Nm>`);
    expect(order).toContain(`<Id>${ACCOUNTS[0]}</Id>`);
    expect(book.read('CP-20260305-1.xml.ok')).toBe('4,600.00\n');
    await run('payment', 'batch', '--channel', 'CP', '--out', book.folder, '--again', '1');
    expect(book.read('CP-20260305-1.xml')).toBe(text);
  });
});

describe('a status report', () => {
  it.each<[string, string, number, string]>([
    ['of no file of ours', report('', '<GrpSts>RJCT</GrpSts>').replace('-1</O', '-7</O'), 1, '-7'],
    ['in another currency', amounts('USD', '100.00'), 1, 'Ccy'],
    ['with an amount of thirds', amounts('CNY', '100.001'), 1, 'Amt'],
    [
      'without its end',
      report(payment(transaction('CP-L1-1-1-1', 'RJCT'))).slice(0, -30),
      1,
      'XML',
    ],
    ['without the number of an order', report(payment(transaction('', 'RJCT'))), 1, 'EndToEndId'],
    ['that is another message', '<Document><FIToFIPmtStsRpt/></Document>', 1, 'pain.002'],
  ])('%s is refused', async (name, text, code, names) => {
    const { exitCode, stderr } = await run('payment', 'result', book.file(`${name}.xml`, text));
    expect(exitCode).toBe(code);
    expect(stderr).toContain(names);
    expect(new Set((await states()).map(({ state }) => state))).toEqual(new Set(['sent']));
  });

  function amounts(currency: string, amount: string): string {
    const of = `<OrgnlTxRef><Amt><InstdAmt Ccy="${currency}">${amount}</InstdAmt></Amt></OrgnlTxRef>`;
    return report(payment(transaction('CP-L1-1-1-1', 'ACSC', of)));
  }

  it('ends orders by RJCT and ACSC, and leaves others open', async () => {
    const reason = '<StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf>';
    const settled =
      '<AccptncDtTm>2026-03-05T23:30:00+08:00</AccptncDtTm><OrgnlTxRef><Amt>' +
      '<InstdAmt Ccy="CNY">200.000</InstdAmt></Amt></OrgnlTxRef>';
    const text = report(
      payment(
        transaction('CP-L1-1-1-1', 'RJCT', reason),
        transaction('CP-L2-1-1-1', 'ACSC', settled),
        transaction('CP-L3-1-1-1', 'ACSP'),
        // It names no amount: that of the order, 50.
        transaction('CP-L3-1-1-2', 'ACSC'),
        transaction('CP-L9-1-1-1', 'ACSC'),
      ),
    );
    const file = book.file('report.xml', text);
    const { exitCode, said } = await run('payment', 'result', file);
    expect(exitCode).toBe(3);
    expect(said).toMatchObject({ lines: 5, taken: 4, posted: 2, amount: '250.00' });
    expect(said?.breaks).toEqual([expect.stringContaining('missing_ours')]);
    expect(await states()).toEqual([
      { no: 'CP-L1-1-1-1', state: 'failed', class: 'insufficient' },
      { no: 'CP-L2-1-1-1', state: 'success', class: null },
      { no: 'CP-L3-1-1-1', state: 'unknown', class: null },
      { no: 'CP-L3-1-1-2', state: 'success', class: null },
    ]);
    const again = await run('payment', 'result', book.file('again.xml', text));
    expect(again.said).toMatchObject({ outcome: 'unchanged', taken: 0 });
  });

  it('is no import that could be taken back beside its orders', async () => {
    const [kept] = await book.rows<{ id: number }>(
      'SELECT import_id AS id FROM payment_file WHERE import_id IS NOT NULL',
    );
    const { exitCode, stderr } = await run('import', 'cancel', `${kept!.id}`, '--reason', 'why');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('payment channel');
    expect(stderr).toContain('report.xml');
  });

  it('of the whole file is one of each of its orders', async () => {
    const text = report('', '<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>');
    const { exitCode, said } = await run('payment', 'result', book.file('whole.xml', text));
    // Two have succeeded: a contradiction each. One failed before. Only the open one changes.
    expect(exitCode).toBe(3);
    expect(said).toMatchObject({ lines: 4, taken: 1, posted: 0 });
    expect((await states())[2]).toEqual({ no: 'CP-L3-1-1-1', state: 'failed', class: 'card' });
  });

  it('has no returns', async () => {
    const file = book.file('returns.xml', report(payment(transaction('CP-L1-1-1-1', 'RJCT'))));
    expect(await run('payment', 'result', file, '--returns')).toMatchObject({ exitCode: 2 });
  });
});

describe('a notification (camt.054)', () => {
  it('takes back what came, and leaves alone what is none of the channel', async () => {
    const text = notification(
      entry('CRDT', '50.00', 'CP-L3-1-1-2'),
      entry('DBIT', '200.00', 'CP-L2-1-1-1', 'AM04'),
      entry('DBIT', '12.00', 'RENT-MARCH'),
    );
    const { exitCode, said } = await run('payment', 'result', book.file('returns.xml', text));
    expect({ exitCode, ...said }).toMatchObject({ lines: 1, taken: 1, amount: '-200.00' });
    expect((await states())[1]).toEqual({
      ...{ no: 'CP-L2-1-1-1', state: 'returned', class: 'insufficient' },
    });
    const events = await book.rows(
      `SELECT ref, type, amount::text FROM event WHERE ref LIKE 'CP-%' ORDER BY ref`,
    );
    expect(events.map((event) => (event as { ref: string }).ref)).toEqual([
      'CP-L2-1-1-1',
      'CP-L2-1-1-1-R',
      'CP-L3-1-1-2',
    ]);
  });
});

describe('the statement of the channel', () => {
  it('meets what its orders brought', async () => {
    await book.close('2026-03-05');
    const lines = ['order,amount,date', 'CP-L3-1-1-2,50.00,2026-03-05'];
    const file = book.file('statement.csv', ...lines);
    const { exitCode, said } = await run('reconcile', 'channel', file, '--by', '甲');
    expect({ exitCode, ...said }).toMatchObject({ exitCode: 0, matched: 1, ourAmount: '50.00' });
  });
});

describe('an order number', () => {
  it('that is too long for ISO 20022 makes no order', async () => {
    const long = await paymentBook(
      [{ loanNo: 'L'.padEnd(27, '9'), amount: '10.00', accounts: [ACCOUNTS[0]!] }],
      { iso20022: CREDITOR },
    );
    // CP- and 27 and -1-1-1 are 36 characters, one more than an EndToEndId has.
    const { exitCode, stderr } = await long.line(['payment', 'batch', '--out', long.folder]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('36');
    expect(await long.rows('SELECT FROM payment_order')).toEqual([]);
    await long.remove();
  }, 60_000);
});
