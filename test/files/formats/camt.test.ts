import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { camtBatches } from '../../../src/files/formats/camt/camt-batches.js';
import { packageRoot } from '../../../src/package-root.js';
import { madeFiles, named, refusal, taken } from './made-files.js';

const { put } = madeFiles();
const REPORT = join(packageRoot, '../shared/cases/reports/statements/camt.xml');
let made = 0;

const amt = (value: string, ccy = 'CNY') => `<Amt Ccy="${ccy}">${value}</Amt>`;
const balance = (code: string, value: string, mark = 'CRDT') =>
  `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amt(value)}<CdtDbtInd>${mark}</CdtDbtInd><Dt><Dt>2026-02-16</Dt></Dt></Bal>`;

interface Ntry {
  readonly value: string;
  readonly mark?: string;
  readonly more?: string;
  readonly details?: string;
}

function ntry({ value, mark = 'CRDT', more = '', details = '' }: Ntry): string {
  return `<Ntry>${amt(value)}<CdtDbtInd>${mark}</CdtDbtInd>${more}<BookgDt><Dt>2026-02-16</Dt></BookgDt>${details}</Ntry>`;
}

function document(inner: string, version = '053.001.08', head = ''): string {
  const is053 = version.startsWith('053');
  const [message, part] = is053 ? ['BkToCstmrStmt', 'Stmt'] : ['BkToCstmrDbtCdtNtfctn', 'Ntfctn'];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.${version}"><${message}><GrpHdr><MsgId>M</MsgId></GrpHdr><${part}><Id>S1</Id><Acct><Id><Othr><Id>000123</Id></Othr></Id></Acct>\n${inner}</${part}></${message}></Document>`;
}

function file(content: string): string {
  made += 1;
  return put(`c${made}.xml`, content);
}

const entriesOf = async (inner: string, version?: string) =>
  named(await taken(camtBatches(file(document(inner, version)))));

describe('an entry', () => {
  it('has its parts, references with the zeros in front', async () => {
    const [entry] = await entriesOf(
      ntry({
        value: '1.15',
        more: '<NtryRef>0012</NtryRef><Sts><Cd>BOOK</Cd></Sts>',
        details:
          '<ValDt><DtTm>2026-02-17T23:30:00+08:00</DtTm></ValDt><AcctSvcrRef>000987</AcctSvcrRef>' +
          '<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>' +
          '<AddtlNtryInf>info</AddtlNtryInf>',
      }),
    );
    expect(entry).toEqual({
      value_date: '2026-02-17',
      entry_date: '2026-02-16',
      // BEHAVIOUR: iso20022.js makes 114.99999999999999 minor units and 12 of it.
      amount: '1.15',
      currency: 'CNY',
      reference: '0012',
      bank_reference: '000987',
      type: 'PMNT-RCDT-ESCT',
      text: 'info',
      account: '000123',
      statement: 'S1',
      status: 'BOOK',
    });
  });

  it.each([
    ['CRDT', 'false', '5.00', undefined],
    ['DBIT', 'false', '-5.00', undefined],
    // ISO 20022: "If CRDT and the reversal indicator is true, the original was a debit entry".
    ['CRDT', 'true', '5.00', 'yes'],
    ['DBIT', 'true', '-5.00', 'yes'],
    ['DBIT', '1', '-5.00', 'yes'],
  ])('of %s with RvslInd %s is %s', async (mark, flag, amount, reversal) => {
    const more = `<RvslInd>${flag}</RvslInd>`;
    const [entry] = await entriesOf(ntry({ value: '5', mark, more }));
    expect(entry?.amount).toBe(amount);
    expect(entry?.reversal).toBe(reversal);
  });

  it('that is not booked says so, and moves no balance', async () => {
    const found = await entriesOf(
      balance('OPBD', '1.00') +
        balance('CLBD', '3.00') +
        ntry({ value: '9.00', more: '<Sts>PDNG</Sts>' }) +
        ntry({ value: '2.00', more: '<Sts>BOOK</Sts>' }),
      '053.001.02',
    );
    expect(found.map(({ status, balance_after }) => [status, balance_after])).toEqual([
      ['PDNG', undefined],
      ['BOOK', '3.00'],
    ]);
  });

  it.skipIf(!existsSync(REPORT))('of the reports is read without a value date', async () => {
    const [entry] = named(await taken(camtBatches(REPORT)));
    expect(entry).toMatchObject({ amount: '8251.20', value_date: '2026-02-16' });
  });
});

describe('a batch', () => {
  /** Transactions as each version writes them. */
  const of08 = (id: string, value: string, mark = 'CRDT', ccy = 'CNY') =>
    `<TxDtls><Refs><AcctSvcrRef>B${id}</AcctSvcrRef><EndToEndId>${id}</EndToEndId></Refs>${amt(value, ccy)}<CdtDbtInd>${mark}</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>P${id}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>I${id}</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>u</Ustrd><Ustrd>v</Ustrd></RmtInf></TxDtls>`;
  const of02 = (id: string, value: string) =>
    `<TxDtls><Refs><EndToEndId>${id}</EndToEndId></Refs><AmtDtls><InstdAmt>${amt('99')}</InstdAmt><TxAmt>${amt(value)}</TxAmt></AmtDtls><RltdPties><Dbtr><Nm>P${id}</Nm></Dbtr></RltdPties></TxDtls>`;
  const batch = (value: string, parts: string, mark = 'CRDT') =>
    balance('OPBD', '10.00') +
    ntry({
      value,
      mark,
      more: '<NtryRef>N1</NtryRef>',
      details: `<NtryDtls><Btch/>${parts}</NtryDtls>`,
    });

  it('is its transactions where they sum to it', async () => {
    const found = await entriesOf(batch('3.30', of08('001', '1.10') + of08('NOTPROVIDED', '2.20')));
    expect(found).toMatchObject([
      {
        reference: '001',
        bank_reference: 'B001',
        amount: '1.10',
        balance_after: '11.10',
        text: 'u v',
      },
      { amount: '2.20', balance_after: '13.30', counterparty: 'PNOTPROVIDED' },
    ]);
    expect(found[0]).toMatchObject({ counterparty: 'P001', counterparty_account: 'I001' });
    // The reference of the batch is none of a payment.
    expect(found[1]?.reference).toBeUndefined();
  });

  it('in the first version has its amounts elsewhere', async () => {
    const found = await entriesOf(
      batch('3.00', of02('01', '1.00') + of02('02', '2.00')),
      '053.001.02',
    );
    expect(found.map(({ reference, amount }) => [reference, amount])).toEqual([
      ['01', '1.00'],
      ['02', '2.00'],
    ]);
  });

  it('may hold transactions of both directions', async () => {
    const parts = of08('1', '5.00') + of08('2', '2.00', 'DBIT');
    const found = await entriesOf(batch('3.00', parts));
    expect(found.map(({ amount }) => amount)).toEqual(['5.00', '-2.00']);
  });

  it.each([
    ['do not sum to it', of08('1', '1.00') + of08('2', '1.99'), 'parts_differ'],
    ['have no amount', '<TxDtls/><TxDtls/>', 'parts_without_amount'],
    [
      'are in another currency',
      of08('1', '1.00', 'CRDT', 'EUR') + of08('2', '2.00'),
      'parts_in_other_currency',
    ],
  ])('is itself where its transactions %s', async (_what, parts, doubt) => {
    const found = await entriesOf(batch('3.00', parts));
    expect(found).toMatchObject([{ amount: '3.00', reference: 'N1', doubt }]);
  });

  it('of one transaction has its amount, and the references of that', async () => {
    const [entry] = await entriesOf(
      batch('3.00', '<TxDtls><Refs><EndToEndId>E</EndToEndId></Refs></TxDtls>'),
    );
    expect(entry).toMatchObject({ amount: '3.00', reference: 'E' });
    expect(entry?.doubt).toBeUndefined();
    const [other] = await entriesOf(batch('3.00', of08('F', '2.50')));
    expect(other).toMatchObject({ amount: '3.00', reference: 'F', doubt: 'parts_differ' });
  });

  it('out has those who were paid', async () => {
    const part = `<TxDtls>${amt('1')}<RltdPties><Dbtr><Nm>us</Nm></Dbtr><Cdtr><Nm>them</Nm></Cdtr></RltdPties></TxDtls>`;
    const [entry] = await entriesOf(
      ntry({ value: '1', mark: 'DBIT', details: `<NtryDtls>${part}</NtryDtls>` }),
    );
    expect(entry).toMatchObject({ amount: '-1.00', counterparty: 'them' });
  });
});

describe('a file', () => {
  it.each(['053.001.02', '053.001.04', '053.001.06', '053.001.08', '054.001.02', '054.001.08'])(
    'is read in version %s',
    async (version) => {
      expect(await entriesOf(ntry({ value: '1' }), version)).toMatchObject([{ amount: '1.00' }]);
    },
  );

  it('may have prefixes, an envelope, several statements, and be packed', async () => {
    const inner =
      '<p:Stmt><p:Id>S</p:Id><p:Ntry><p:Amt Ccy="CNY">1</p:Amt><p:CdtDbtInd>CRDT</p:CdtDbtInd><p:ValDt><p:Dt>2026-01-02Z</p:Dt></p:ValDt></p:Ntry></p:Stmt>';
    const text = `<Envelope><Body><p:Document xmlns:p="x"><p:BkToCstmrStmt>${inner}${inner.replace('>S<', '>T<')}</p:BkToCstmrStmt></p:Document></Body></Envelope>`;
    const path = put('e.xml.gz', gzipSync(text));
    const found = named(await taken(camtBatches(path)));
    expect(found.map(({ statement, value_date }) => [statement, value_date])).toEqual([
      ['S', '2026-01-02'],
      ['T', '2026-01-02'],
    ]);
  });

  it('is read in the charset that it declares', async () => {
    const text = document(ntry({ value: '1', details: '<AddtlNtryInf>##</AddtlNtryInf>' }));
    const [before = '', behind = ''] = text.replace('UTF-8', 'GB18030').split('##');
    const bytes = Buffer.concat([
      Buffer.from(before),
      Buffer.from('bbb9bfee', 'hex'),
      Buffer.from(behind),
    ]);
    const [entry] = named(await taken(camtBatches(put('gb.xml', bytes))));
    expect(entry).toMatchObject({ text: '还款' });
  });

  it('leads from one balance to the other, the earlier closing one too', async () => {
    const inner =
      balance('PRCD', '10.00', 'DBIT') + balance('CLBD', '7.50', 'DBIT') + balance('CLAV', '0.00');
    const found = await entriesOf(inner + ntry({ value: '2.50' }));
    expect(found).toMatchObject([{ balance_after: '-7.50' }]);
  });

  it.each([
    [
      'a balance that differs',
      balance('OPBD', '1.00') + balance('CLBD', '3.01') + ntry({ value: '2' }),
      'statement_balance_differs',
      { expected: '3.01', actual: '3.00', difference: '-0.01' },
    ],
    ['an amount that is none', ntry({ value: '1,5' }), 'camt_malformed', { value: '1,5', line: 3 }],
    ['an amount below zero', ntry({ value: '-1' }), 'camt_malformed', { value: '-1' }],
    ['no direction', ntry({ value: '1', mark: 'X' }), 'camt_malformed', { value: 'X' }],
    [
      'a flag that is none',
      ntry({ value: '1', more: '<RvslInd>ja</RvslInd>' }),
      'camt_malformed',
      { value: 'ja' },
    ],
    [
      'a day that is none',
      ntry({ value: '1', details: '<ValDt><Dt>2026-02-30</Dt></ValDt>' }),
      'camt_malformed',
      { value: '2026-02-30' },
    ],
    ['no currency', '<Ntry><Amt>1</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>', 'camt_malformed', {}],
    ['no day', `<Ntry>${amt('1')}<CdtDbtInd>CRDT</CdtDbtInd></Ntry>`, 'camt_malformed', {}],
    [
      'two currencies',
      balance('OPBD', '1.00') + ntry({ value: '1' }).replaceAll('CNY', 'EUR'),
      'camt_malformed',
      { value: 'EUR' },
    ],
    ['an entity', ntry({ value: '&money;' }), 'xml_entity', {}],
    ['an open element', ntry({ value: '1' }).replace('</Ntry>', ''), 'xml_malformed', {}],
  ])('is refused for %s', async (_what, inner, code, evidence) => {
    const found = await refusal(camtBatches(file(document(inner))));
    expect(found).toMatchObject({ code, hasNext: true, ...evidence });
  });

  it('says where its reversals are marked against the standard', async () => {
    // By the marks 10 + 5; the closing balance takes the reversal for money out.
    const inner =
      balance('OPBD', '10.00') +
      balance('CLBD', '5.00') +
      ntry({ value: '5', more: '<RvslInd>true</RvslInd>' });
    await expect(taken(camtBatches(file(document(inner))))).rejects.toMatchObject({
      code: 'statement_balance_differs',
      next: expect.stringContaining('reversals'),
    });
  });

  it.each([
    [
      'a document type',
      document(ntry({ value: '1' }), '053.001.02', '<!DOCTYPE d SYSTEM "file:///etc/hostname">'),
      'xml_doctype',
    ],
    [
      'entities',
      document(ntry({ value: '&e;' }), '053.001.02', '<!DOCTYPE d [<!ENTITY e "1">]>'),
      'xml_doctype',
    ],
    ['another message', '<Document><BkToCstmrAcctRpt/></Document>', 'not_camt'],
    ['no XML', 'a,b', 'xml_malformed'],
    ['nothing', '', 'xml_malformed'],
    ['too deep', '<a>'.repeat(200), 'xml_too_deep'],
    ['no end', `<a b="${'x'.repeat(5_000_000)}`, 'xml_too_long'],
    ['a charset that nobody knows', '<?xml version="1.0" encoding="X-9"?><a/>', 'unknown_charset'],
  ])('is refused with %s', async (_what, text, code) => {
    expect(await refusal(camtBatches(file(text)))).toMatchObject({ code, hasNext: true });
  });
});
