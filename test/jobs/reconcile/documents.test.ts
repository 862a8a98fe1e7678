import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseChannelDocument } from '../../../src/jobs/reconcile/documents/channel-document.js';
import { packageRoot } from '../../../src/package-root.js';
import { PACKAGED_DOCUMENT } from '../../histories/packaged-ledger.js';

const { roles: ROLES } = PACKAGED_DOCUMENT;
const CHANNELS = join(packageRoot, 'fixtures/channels');

it.each(readdirSync(CHANNELS))('%s is a channel', (name) => {
  const document = parseChannelDocument(readFileSync(join(CHANNELS, name), 'utf8'), name, ROLES);
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
