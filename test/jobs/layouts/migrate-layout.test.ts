import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../../src/files/layout/layout-document.js';
import { migratedLayout } from '../../../src/jobs/layouts/migrate-layout.js';
import { packageRoot } from '../../../src/package-root.js';
import { readText, written } from '../../files/layout/layout-files.js';

const textOf = (file: string) => readFileSync(join(packageRoot, file), 'utf8');

/** What a file reads as by the layout that a document becomes. */
async function readBy(document: string, text: string, fields: readonly string[]) {
  const { rows, end } = await readText(migratedLayout(document, 'x.yaml').layout, text, fields);
  return { rows: rows.map(({ fields: own, problem }) => problem?.rule ?? own), end };
}

describe('a document of an earlier form becomes a layout', () => {
  it('a column mapping', async () => {
    const document = textOf('fixtures/mappings/lendingclub.yaml');
    const text =
      'id,term,loan_amount,interest_rate,issue_month,x\n' +
      '7,36,5000,14.07,Mar-2018,\n8,48,1,1,Mar-2018,\n';
    const fields = ['loan_no', 'product', 'principal', 'rate', 'disbursed_on', 'org'];
    // What fixtures/mappings/lendingclub.yaml says beside its keys: 14.07 is 0.1407.
    expect((await readBy(document, text, fields)).rows).toEqual([
      ['LC-7', 'LC-36', '5000', '0.1407', '2018-03-01', 'US'],
      'unknown_word',
    ]);
  });

  it('a mapping with a trailer, two columns of one, and words for one of ours', async () => {
    const document = `
kind: repayments
columns:
  ref: {from: no}
  loan_no: {from: no}
  amount: {from: sum}
  channel: {from: way, values: {W: wx, X: wx, A: ali}}
other_columns: refuse
trailer: {starts: T, count: 2, amount: 3}
control: {suffix: .ok}
unterminated: allowed
`;
    const fields = ['ref', 'loan_no', 'amount', 'channel'];
    const text = 'no,sum,way\n1,2.00,W\n2,3.00,X\n3,4.00,A\nT,3,9.00\n';
    const { rows, end } = await readBy(document, text, fields);
    expect(rows).toEqual([
      ['1', '1', '2.00', 'wx'],
      ['2', '2', '3.00', 'wx'],
      ['3', '3', '4.00', 'ali'],
    ]);
    expect(end.claims).toEqual([{ by: 'trailer', line: 5, count: 3, total: 900n }]);
    const { layout } = migratedLayout(document, 'x.yaml');
    expect(layout).toMatchObject({ other_columns: 'refused', unterminated: 'allowed' });
    expect(layout).toMatchObject({ control: { suffix: '.ok', deadline_hours: 12 } });
  });

  it('a channel', async () => {
    const document = textOf('fixtures/channels/wx.yaml');
    const text =
      'H,2,1833.60,2026-02-15\n' +
      '商户订单号,订单金额,手续费,交易状态,交易日期,借据号\n' +
      ' WX1 ,916.80,5.50,SUCCESS,2026-02-15,L1\nWX2,916.80,,FAIL,2026-02-15,\nT,2,1833.60\n';
    const fields = ['order_no', 'amount', 'fee', 'status', 'value_date', 'loan_no'];
    const { rows, end } = await readBy(document, text, fields);
    expect(rows).toEqual([
      ['WX1', '916.80', '5.50', 'success', '2026-02-15', 'L1'],
      ['WX2', '916.80', '0.00', 'failed', '2026-02-15', ''],
    ]);
    expect(end.claims).toEqual([
      { by: 'head', line: 1, count: 2, total: 183360n, date: '2026-02-15' },
      { by: 'trailer', line: 5, count: 2, total: 183360n },
    ]);
  });

  it('a bank without titles', async () => {
    const document =
      'code: B\nkind: bank\nfile: {titles: false, delimiter: "|"}\n' +
      'columns: {order_no: "3", amount: "1", value_date: "2"}\n';
    const { rows } = await readBy(document, '1.00|2026-02-15|R1\n', ['order_no', 'amount']);
    expect(rows).toEqual([['R1', '1.00']]);
  });

  it('a layout of vouchers, which writes as it did', async () => {
    const { layout, from } = migratedLayout(textOf('config/layouts/voucher-lines.yaml'), 'v.yaml');
    expect(from).toBe('vouchers');
    const row = {
      business_date: '2026-02-15',
      voucher: '7',
      line: '1',
      memo: '还款, 本金',
      account: '1012.02',
      account_name_zh: '待清算',
      currency: 'CNY',
      side: 'debit',
      debit: '916.80',
      org: 'head',
      product: 'LP',
      loan_no: 'L1',
      ref: 'R1',
    };
    const { bytes } = await written(layoutOf(layout, 'v.yaml'), [row]);
    // The keys of the document by hand: BOM, CRLF, 001, 转, eight digits, 人民币, 借, 0.00.
    expect(bytes.toString('utf8')).toBe(
      '\ufeff账套,凭证类别,凭证日期,凭证号,分录号,摘要,科目编码,科目名称,币种,方向,' +
        '借方金额,贷方金额,机构,产品,借据号,业务流水号\r\n' +
        '001,转,20260215,7,1,"还款, 本金",1012.02,待清算,人民币,借,916.80,0.00,head,LP,L1,R1\r\n',
    );
  });

  it('a layout stays as it is, and anything else is refused', () => {
    const text = textOf('fixtures/layouts/repayments.yaml');
    expect(migratedLayout(text, 'x.yaml').from).toBe('layout');
    for (const other of ['a: 1', '[]', 'text', 'columns: {a: {from: b}}']) {
      expect(() => migratedLayout(other, 'x.yaml')).toThrowError(
        expect.objectContaining({ code: 'invalid_document' }),
      );
    }
  });
});
