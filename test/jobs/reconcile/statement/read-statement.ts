import { writeFileSync } from 'node:fs';
import { formatAmount } from '../../../../src/accounting/money/amount-text.js';
import { inspectFile } from '../../../../src/files/file-content.js';
import { encodeGb18030 } from '../../../../src/files/gb18030.js';
import { parseChannelDocument } from '../../../../src/jobs/reconcile/documents/channel-document.js';
import { namedLayout } from '../../../../src/jobs/reconcile/statement/named-layout.js';
import { openStatement } from '../../../../src/jobs/reconcile/statement/stage-statement.js';
import {
  type StatementLine,
  StatementReader,
} from '../../../../src/jobs/reconcile/statement/statement-reader.js';
import { PACKAGED_DOCUMENT } from '../../../histories/packaged-ledger.js';

/** What a statement has, amounts as text. */
export interface ReadFigures {
  /** `order amount fee`, in the order of the file. */
  readonly lines: readonly string[];
  readonly received: string;
  readonly paidOut: string;
  readonly fee: string;
  readonly failed: number;
  readonly leftOut: number;
  readonly provedBy: readonly string[];
}

const MONEY = { currency: 'CNY', minorDigits: 2 };
const text = (fen: number | bigint) => formatAmount(fen, 2);

/** Reads a file as the statement of a channel or bank of this layout, without a book. */
export async function readStatement(
  path: string,
  kind: 'channel' | 'bank',
  ...names: readonly string[]
): Promise<ReadFigures> {
  const written = `code: X\nkind: ${kind}\nlayout: [${names.join(', ')}]\n`;
  const { layout: _, ...declared } = parseChannelDocument(written, 'x', PACKAGED_DOCUMENT.roles);
  const layouts = await Promise.all(names.map((name) => namedLayout(name, 'fixtures/channels')));
  const content = await inspectFile(path, undefined, 'any');
  const opened = await openStatement(content, { ...declared, layouts }, MONEY);
  const lines: StatementLine[] = [];
  const reader = new StatementReader({ path, ...opened, ...MONEY });
  const totals = await reader.read(
    (line) => lines.push(line),
    async () => undefined,
  );
  return {
    lines: lines.map(({ orderNo, amount, fee }) => `${orderNo} ${text(amount)} ${text(fee)}`),
    received: text(totals.received),
    paidOut: text(totals.paidOut),
    fee: text(totals.fee),
    failed: totals.lines - totals.succeeded,
    leftOut: totals.leftOut,
    provedBy: totals.provedBy,
  };
}

/** Writes a text in a character set and returns the path. */
export function writeText(path: string, content: string, charset: 'utf-8' | 'gb18030'): string {
  writeFileSync(path, charset === 'gb18030' ? encodeGb18030(content) : content);
  return path;
}
