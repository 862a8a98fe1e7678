import type pg from 'pg';
import { CopySink } from '../../../db/copy/copy-stream.js';
import { TupleWriter } from '../../../db/copy/tuple-writer.js';
import { readSql } from '../../../db/sql-file.js';
import type { FileContent } from '../../../files/file-content.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import { FileProof, type SenderSays } from '../../import/source/file-proof.js';
import type { ChannelDocument } from '../documents/channel-document.js';
import { fittingLayout } from './fitting-layout.js';
import {
  type StatementLine,
  type StatementMoney,
  StatementReader,
  type StatementTotals,
} from './statement-reader.js';

const WRITER_ROOM = 1 << 20;
const COLUMNS = ['line', 'order_no', 'amount', 'fee', 'success', 'value_date', 'loan_no'];

/** A statement whose layout is known, with what its channel and its sender say of it. */
export interface OpenStatement {
  readonly content: FileContent;
  readonly channel: ChannelDocument;
  readonly layout: LayoutDocument;
  readonly proof: FileProof;
  readonly money: StatementMoney;
}

/**
 * Looks how a statement is laid out; its own totals are to come. Throws as `FileProof.open` and
 * `layoutRows` do.
 */
export async function openStatement(
  content: FileContent,
  channel: ChannelDocument,
  money: StatementMoney,
  says?: SenderSays,
): Promise<OpenStatement> {
  const layout = await fittingLayout(content.path, channel, money.minorDigits);
  const { file } = channel;
  const rules = {
    control: file.control ?? layout.control,
    unterminated: channel.unterminated ?? file.unterminated ?? unterminated(layout),
    totals: totalsOf(layout),
    minorDigits: layout.amount_unit === 'minor' ? 0 : money.minorDigits,
  };
  const proof = await FileProof.open(content, rules, says);
  return { content, channel, layout, proof, money };
}

/** What proves itself to its end needs no line end: balances, a closing element, a directory. */
function unterminated({ format, unterminated: said }: LayoutDocument): 'refused' | 'allowed' {
  return format === 'mt940' || format === 'camt' || format === 'xlsx' ? 'allowed' : said;
}

/** Whether a line of the file says its count and its total. */
function totalsOf({ head, trailer }: LayoutDocument): { count?: number; amount?: number } {
  const said = { count: false, total: false };
  for (const line of [head, trailer]) {
    for (const what of ['count', 'total'] as const) {
      said[what] ||=
        typeof line === 'string' ? line.includes(`{${what}`) : line?.[what] !== undefined;
    }
  }
  return { ...(said.count && { count: 1 }), ...(said.total && { amount: 1 }) };
}

/**
 * Reads a whole statement into the temporary table `statement_line`, whose transaction the caller
 * holds. Throws as `StatementReader` does.
 */
export async function stageStatement(
  client: pg.Client,
  { content, money, ...opened }: OpenStatement,
  signal?: AbortSignal,
): Promise<StatementTotals> {
  await client.query(readSql(import.meta.url, 'stage'));
  const reader = new StatementReader({ path: content.path, ...opened, ...money });
  const writer = new TupleWriter(WRITER_ROOM);
  const sink = new CopySink(client, 'statement_line', COLUMNS);
  let totals: StatementTotals | undefined;
  let failure: unknown;
  try {
    totals = await reader.read(
      (line) => write(writer, line),
      async () => {
        const bytes = writer.take();
        await sink.write(bytes, () => writer.recycle(bytes));
      },
      signal,
    );
  } catch (error) {
    failure = error;
  }
  // A COPY left open would keep the connection from ever answering the ROLLBACK.
  await sink.finish();
  if (totals === undefined) throw failure;
  await client.query('ANALYZE statement_line');
  return totals;
}

function write(writer: TupleWriter, line: StatementLine): void {
  writer.tuple(7);
  writer.int4(line.line);
  writer.text(line.orderNo);
  writer.int8(line.amount);
  writer.int8(line.fee);
  writer.int2(line.isSuccess ? 1 : 0);
  writer.date(line.valueDate);
  writer.text(line.loanNo);
}
