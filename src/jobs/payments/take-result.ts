import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount, parseAmount } from '../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { readSql } from '../../db/sql-file.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { keptName, maskText } from '../../files/mask.js';
import { classOf } from '../../funding/deduct/channel.js';
import {
  answered,
  type Effect,
  type OrderBreak,
  returned,
  type Standing,
} from '../../funding/deduct/order-state.js';
import type { DeductionTerms } from '../../funding/terms/deduction.js';
import { writeAudit } from '../approvals/audit.js';
import { type DoorEvent, EventDoor } from '../import/event-door.js';
import type { Waits } from '../runs/waiting.js';
import { AnswerLog, type KeptAnswer } from './answer-log.js';
import type { PaymentChannel } from './deduction-channel.js';
import { holdOrders } from './hold-orders.js';
import { openResult } from './open-result.js';
import { inspectResult, LinesHash, type NumberedLine, type ResultSource } from './result-file.js';

export interface ResultOptions {
  readonly file: string;
  readonly by: string;
  /** The lines of a CSV are returns: money that had come went back. */
  readonly isReturns?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly waits?: Waits;
}

export interface TakenResult {
  readonly channel: string;
  readonly file: string;
  readonly lines: number;
  /** Lines that changed an order. */
  readonly taken: number;
  readonly posted: number;
  readonly amount: Fen;
  /** Under which the postings are events; null: there are none. */
  readonly importId: number | null;
  readonly breaks: readonly { readonly line: number; readonly type: OrderBreak }[];
  readonly outcome: 'taken' | 'unchanged';
}

/**
 * Takes a result file in, whole or not at all: what changes orders, what is posted, breaks. Throws
 * LoanbookError `unknown_word`, `total_differs`, `event_refused` (1), `file_changed`,
 * `import_is_running`, `day_is_being_closed` (75), and what the file throws as `openResult` has it.
 */
export async function takeResult(
  client: pg.Client,
  channel: PaymentChannel,
  options: ResultOptions,
): Promise<TakenResult> {
  const { terms, minorDigits } = channel;
  const { file } = options;
  const source = await openResult(client, channel, options);
  const control = await source.control();
  const content = await inspectResult(source);
  const linesSha256 = `${source.isReturns ? 'returns ' : ''}${content.linesSha256}`;
  const frame = { channel: terms.code, file, lines: content.lines };
  let outcome: TakenResult | undefined;
  const take = async (): Promise<TakenResult> => {
    const day = await holdOrders(client, 'payment result', options.waits);
    const { rows } = await client.query(
      'SELECT FROM payment_file WHERE channel = $1 AND lines_sha256 = $2',
      [terms.code, linesSha256],
    );
    if (rows.length > 0) {
      const nothing = { taken: 0, posted: 0, amount: 0, importId: null, breaks: [] };
      return { ...frame, ...nothing, outcome: 'unchanged' };
    }
    requireWords(file, content);
    const total = (fen: bigint) => formatAmount(fen, minorDigits);
    const isOther = content.lines !== control?.count || content.amount !== control.total;
    if (control !== null && isOther) {
      throw refused('total_differs', 'The file is not what its control file says.', {
        ...{ file, lines: content.lines, linesExpected: control.count },
        ...{ total: total(content.amount), totalExpected: total(control.total) },
      });
    }
    const inserted = await client.query<{ file: number }>(readSql(import.meta.url, 'file-insert'), [
      ...[terms.code, keptName(file), linesSha256, content.lines, String(content.amount)],
      ...[formatDay(day), options.by],
    ]);
    const fileId = inserted.rows[0]!.file;
    const taking = new Taking(client, channel, day, { fileId, by: options.by, source });
    await taking.begin();
    const again = new LinesHash();
    for await (const page of source.lines()) {
      for (const line of page) again.add(line);
      await taking.page(page);
    }
    // What was held to the control file is what is taken.
    if (again.digest() !== content.linesSha256) throw changed(file);
    const done = await taking.end({ name: keptName(file), sha256: content.linesSha256 });
    await client.query('UPDATE payment_file SET taken = $2, import_id = $3 WHERE file_id = $1', [
      ...[fileId, done.taken, done.importId],
    ]);
    const { breaks, ...counts } = done;
    const after = { ...frame, file: keptName(file), ...counts, breaks: breaks.length };
    await writeAudit(client, { action: 'payment result', subject: terms.code, after });
    return { ...frame, ...done, outcome: 'taken' };
  };
  try {
    await inTransaction(client, async () => {
      outcome = await take();
      if (options.dryRun === true) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  return outcome!;
}

interface StoredOrder extends Standing {
  readonly orderNo: string;
  readonly loanNo: string;
}

type SaidLine = NumberedLine & { readonly amount: Fen };

const BREAKS_SHOWN_MAX = 1_000;

/** Ends the transaction of a dry run without its effects. */
class DryRun extends Error {}

/** A result on its way in, page by page. */
class Taking {
  readonly #client: pg.Client;
  readonly #terms: DeductionTerms;
  readonly #minorDigits: number;
  readonly #day: EpochDay;
  readonly #log: AnswerLog;
  readonly #source: ResultSource;
  readonly #said: { readonly fileId: number; readonly by: string };
  readonly #breaks: { line: number; type: OrderBreak }[] = [];
  #door: EventDoor | undefined;
  #taken = 0;
  #posted = 0;
  #amount: Fen = 0;

  constructor(
    client: pg.Client,
    { terms, minorDigits }: PaymentChannel,
    day: EpochDay,
    { source, ...said }: { fileId: number; by: string; source: ResultSource },
  ) {
    this.#client = client;
    this.#terms = terms;
    this.#minorDigits = minorDigits;
    this.#day = day;
    this.#said = said;
    this.#source = source;
    this.#log = new AnswerLog(client);
  }

  async begin(): Promise<void> {
    this.#door = await EventDoor.open(this.#client, this.#day);
  }

  async page(lines: readonly NumberedLine[]): Promise<void> {
    if (lines.length === 0) return;
    const { rows } = await this.#client.query<StoredOrder>(readSql(import.meta.url, 'orders-at'), [
      this.#terms.code,
      lines.map(({ orderNo }) => orderNo),
    ]);
    const orders = new Map(rows.map((order) => [order.orderNo, order]));
    const answers: KeptAnswer[] = [];
    const events: DoorEvent[] = [];
    const changed = new Map<string, Standing>();
    for (const line of lines) {
      const order = orders.get(line.orderNo);
      const effect = order === undefined ? null : this.#effectOf(order, line);
      const why = effect === null ? 'missing_ours' : effect.break;
      if (why !== null && this.#breaks.length < BREAKS_SHOWN_MAX) {
        this.#breaks.push({ line: line.line, type: why });
      }
      if (effect?.isChanged) {
        this.#taken += 1;
        orders.set(line.orderNo, { ...order!, ...effect.after });
        changed.set(line.orderNo, effect.after);
        if (effect.posted !== 0) events.push(this.#eventOf(order!, effect.posted, line));
      }
      if (effect?.isChanged || why !== null) {
        answers.push(
          this.#answerOf({ ...line, amount: line.amount ?? order?.amount ?? 0 }, effect, why),
        );
      }
    }
    await this.#log.change(changed);
    await this.#log.keep(answers);
    await this.#door!.add(events, ({ amount }) => this.#fenOf(amount));
  }

  async end(source: {
    name: string;
    sha256: string;
  }): Promise<Omit<TakenResult, 'channel' | 'file' | 'lines' | 'outcome'>> {
    const importId = await this.#door!.close(source);
    const counts = { taken: this.#taken, posted: this.#posted, amount: this.#amount };
    return { ...counts, importId, breaks: this.#breaks };
  }

  #effectOf(order: StoredOrder, line: NumberedLine): Effect {
    const why = classOf(this.#terms, line.code);
    if (this.#source.isReturns) return returned(order, why);
    const word = this.#source.stateOf(line.word)!;
    const amount = line.amount ?? order.amount;
    return answered(order, { word, amount, class: why }, this.#terms.partial);
  }

  #eventOf(order: StoredOrder, posted: Fen, line: NumberedLine): DoorEvent {
    this.#posted += 1;
    this.#amount += posted;
    const valueDate = line.channelDay ?? this.#day;
    const { orderNo: of, loanNo } = order;
    if (posted < 0) {
      return { ref: `${of}-R`, loanNo, type: 'reversal', valueDate, amount: '', of };
    }
    const amount = formatAmount(posted, this.#minorDigits);
    return { ref: of, loanNo, type: 'repayment', valueDate, amount, of: '' };
  }

  #answerOf(line: SaidLine, effect: Effect | null, why: OrderBreak | null): KeptAnswer {
    return {
      ...this.#said,
      checker: null,
      // A number that is none of ours may be anything.
      orderNo: effect === null ? keptNumber(line.orderNo) : line.orderNo,
      said: this.#source.isReturns ? 'returned' : this.#source.stateOf(line.word)!,
      amount: line.amount,
      class: effect?.isChanged ? effect.after.class : null,
      isChanged: effect?.isChanged ?? false,
      posted: effect?.posted ?? 0,
      break: why,
      valueDate: line.channelDay ?? this.#day,
      businessDate: this.#day,
    };
  }

  #fenOf(amount: string): Fen {
    if (amount === '') return 0;
    const fen = parseAmount(amount, this.#minorDigits);
    if (fen === undefined) throw new TypeError('an unchecked amount');
    return fen;
  }
}

/** Of a number that is none of ours only what cannot be an account or a name. */
function keptNumber(text: string): string {
  return maskText(text).replace(/[0-9]{8,}/g, (digits) => `****${digits.slice(-4)}`);
}

function requireWords(
  file: string,
  { unknownWord }: { readonly unknownWord: { line: number; word: string } | null },
): void {
  if (unknownWord === null) return;
  const { line, word } = unknownWord;
  throw refused('unknown_word', 'The channel says a word that it does not have.', {
    ...{ file, line, field: 'word', value: maskText(word) },
  });
}

function changed(file: string): LoanbookError {
  return new LoanbookError('file_changed', 'The file changed while it was read.', {
    exitCode: EXIT.locked,
    evidence: { file },
    next: 'Nothing was taken. Run it again when the channel has ended the file.',
  });
}

function refused(code: string, message: string, evidence: Record<string, string | number>) {
  return new LoanbookError(code, message, {
    exitCode: EXIT.failed,
    evidence,
    next: 'Nothing was taken. Ask the channel, or correct `words` with `loanbook channel apply`.',
  });
}
