import type pg from 'pg';
import { CopySink } from '../../db/copy/copy-stream.js';
import { TupleWriter } from '../../db/copy/tuple-writer.js';
import { readSql } from '../../db/sql-file.js';
import type { FileContent } from '../../files/file-content.js';
import { FileProof, type SenderSays } from '../import/source/file-proof.js';
import type { ChannelDocument } from './documents/channel-document.js';
import { type StatementLine, StatementReader, type StatementTotals } from './statement-reader.js';

const WRITER_ROOM = 1 << 20;
const COLUMNS = ['line', 'order_no', 'amount', 'fee', 'success', 'value_date', 'loan_no'];

export interface StatementFile {
  readonly content: FileContent;
  readonly channel: ChannelDocument;
  readonly proof: FileProof;
  readonly minorDigits: number;
  readonly signal?: AbortSignal;
}

/**
 * What its channel and its sender say of a statement, its own totals to come. Throws as
 * `FileProof.open` does.
 */
export function openStatementProof(
  content: FileContent,
  { file, unterminated }: ChannelDocument,
  minorDigits: number,
  says?: SenderSays,
): Promise<FileProof> {
  const { control, head, trailer } = file;
  const totals = { count: head?.count ?? trailer?.count, amount: head?.amount ?? trailer?.amount };
  const rules = {
    control,
    unterminated: unterminated ?? file.unterminated,
    totals,
    minorDigits: file.amount_unit === 'minor' ? 0 : minorDigits,
  };
  return FileProof.open(content, rules, says);
}

/**
 * Reads a whole statement into the temporary table `statement_line`, whose transaction the caller
 * holds. Throws as `StatementReader` does.
 */
export async function stageStatement(
  client: pg.Client,
  { content, channel, proof, minorDigits, signal }: StatementFile,
): Promise<StatementTotals> {
  await client.query(readSql(import.meta.url, 'stage'));
  const reader = new StatementReader(proof, content.path, channel, minorDigits);
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
