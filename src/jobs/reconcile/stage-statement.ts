import type pg from 'pg';
import { CopySink } from '../../db/copy-stream.js';
import { readSql } from '../../db/sql-file.js';
import { TupleWriter } from '../../db/tuple-writer.js';
import type { ChannelDocument } from '../../documents/channel-document.js';
import type { FileContent } from '../../files/file-content.js';
import type { ControlFile } from './control-file.js';
import {
  type StatementLine,
  StatementReader,
  type StatementTotals,
  totalDiffers,
} from './statement-reader.js';

const WRITER_ROOM = 1 << 20;
const COLUMNS = ['line', 'order_no', 'amount', 'fee', 'success', 'value_date', 'loan_no'];

export interface StatementFile {
  readonly content: FileContent;
  readonly channel: ChannelDocument;
  readonly control: ControlFile | null;
  readonly minorDigits: number;
  readonly signal?: AbortSignal;
}

/**
 * Reads a whole statement into the temporary table `statement_line`, whose transaction the caller
 * holds. Throws as `StatementReader` does, and `statement_total_differs` against the control file.
 */
export async function stageStatement(
  client: pg.Client,
  { content, channel, control, minorDigits, signal }: StatementFile,
): Promise<StatementTotals> {
  await client.query(readSql('reconcile-stage'));
  const reader = new StatementReader(content.path, channel, minorDigits);
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
  requireControl(control, totals);
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

function requireControl(control: ControlFile | null, totals: StatementTotals): void {
  if (control === null) return;
  const { path, count = totals.lines, amount = totals.allAmount } = control;
  if (count === totals.lines && amount === totals.allAmount) return;
  throw totalDiffers(path, 1, {
    count: { said: control.count, counted: totals.lines },
    amount: { said: control.amount, counted: totals.allAmount },
  });
}
