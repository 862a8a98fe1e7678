import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deductionOfChannel } from '../../../src/jobs/funding/documents/deduction-document.js';
import { paymentFields } from '../../../src/jobs/funding/documents/payment-fields.js';
import {
  channelJsonSchema,
  parseChannelDocument,
} from '../../../src/jobs/reconcile/documents/channel-document.js';
import { packageRoot } from '../../../src/package-root.js';
import { PACKAGED_DOCUMENT } from '../../histories/packaged-ledger.js';

const { roles: ROLES } = PACKAGED_DOCUMENT;
const CHANNELS = join(packageRoot, 'fixtures/channels');

it.each(readdirSync(CHANNELS))('%s is a channel', (name) => {
  const text = readFileSync(join(CHANNELS, name), 'utf8');
  const document = parseChannelDocument(text, name, ROLES, paymentFields());
  expect(document.columns.order_no ?? document.layout).not.toBeUndefined();
});

it.each([
  ['no order number', 'code: X\ncolumns: {amount: a, value_date: d}', 'columns.order_no'],
  [
    'a fallback without the loan',
    'code: X\ncolumns: {order_no: o, amount: a, value_date: d}\nfallbacks: [[amount]]',
    'fallbacks[0]: must contain loan_no',
  ],
  [
    'names where the file has none',
    'code: X\nfile: {titles: false}\ncolumns: {order_no: o, amount: 2, value_date: 3}',
    'columns.order_no: must be the number of a field',
  ],
  [
    'a layout and columns',
    'code: X\nlayout: icbc\ncolumns: {order_no: o}',
    'columns.order_no: is what the layout says',
  ],
  [
    'a layout and the shape of its files',
    'code: X\nlayout: icbc\nfile: {charset: gb18030, trailer: {starts: T, count: 2}}',
    'file.trailer: is what the layout says',
  ],
  [
    'refunds of a bank',
    'code: X\nkind: bank\nlayout: icbc\nrefund_prefix: R',
    'refund_prefix: is for channels of receipts',
  ],
])('refuses a document with %s', (_what, text, says) => {
  expect(() => parseChannelDocument(text, 'x', ROLES)).toThrow(says);
});

it('keeps how a channel collects beside how it is reconciled', () => {
  const text = readFileSync(join(CHANNELS, 'cards.yaml'), 'utf8');
  const document = parseChannelDocument(text, 'cards', ROLES, paymentFields());
  expect(deductionOfChannel({ ...document }, 2)).toEqual({
    ...{ code: 'CP', singleFen: 500_000, dailyFen: null, minimumFen: 100, partial: false },
    banks: new Map([['CMB', { singleFen: 200_000, dailyFen: 500_000, prefixes: [] }]]),
    ...{ maxAttempts: 3, batchMax: 10_000 },
    words: new Map([
      ['S', 'success'],
      ['F', 'failed'],
      ['P', 'unknown'],
    ]),
    codes: new Map([
      ['14', 'card'],
      ['34', 'risk'],
      ['51', 'insufficient'],
      ['61', 'limit'],
      ['96', 'system'],
    ]),
  });
  expect(() => parseChannelDocument(text, 'cards', ROLES)).toThrow('batch_max: unknown key');
});

it('of a channel that collects nothing keeps what it kept before', () => {
  const text = readFileSync(join(CHANNELS, 'wx.yaml'), 'utf8');
  const before = parseChannelDocument(text, 'wx', ROLES);
  expect(parseChannelDocument(text, 'wx', ROLES, paymentFields())).toEqual(before);
  // It collects as one that says nothing does.
  expect(deductionOfChannel({ ...before }, 2)).toMatchObject({ code: 'WX', maxAttempts: 3 });
});

// When this fails: loanbook channel schema > config/schemas/channel.schema.json
it('config/schemas/channel.schema.json is what the checks say', () => {
  const kept = readFileSync(join(packageRoot, 'config/schemas/channel.schema.json'), 'utf8');
  expect(JSON.parse(kept)).toEqual(channelJsonSchema(paymentFields()));
});
