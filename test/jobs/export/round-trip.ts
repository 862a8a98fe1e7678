import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import type { ExportKind } from '../../../src/jobs/export/export-columns.js';
import type { ExportOutcome } from '../../../src/jobs/export/export-file.js';
import { applicable } from '../../histories/applicable.js';
import { randomLoan } from '../../histories/random-loan.js';
import type { ModelDocument } from '../../model/model.js';
import { HistoryBook } from '../../scenarios/history-book.js';
import { positionsOn, SecondBook, totalsOn } from './second-book.js';

const FROM = parseDay('2026-01-20')!;
/** Days that both books close side by side. */
const BEHIND = 3;

export interface RoundTrip {
  readonly loans: number;
  /** Days that the first book closes alone. */
  readonly days: number;
  /** For everything of it together. */
  readonly timeoutMs: number;
  /** Loans that no file gives again. */
  readonly mostLeftOut: number;
}

/**
 * A book of random products and histories, exported and imported into an empty one: both close the
 * next days to the same positions and totals.
 */
export function roundTrip({ loans: loanCount, days, timeoutMs, mostLeftOut }: RoundTrip): void {
  const CUT_OVER = FROM + days - 1;
  let first: HistoryBook;
  let second: SecondBook;
  let exported: Record<ExportKind, ExportOutcome>;
  const loans = new Map<string, ModelDocument>();

  /** Loans with random products and histories, of which nothing is refused. */
  beforeAll(async () => {
    const range = { from: FROM, through: CUT_OVER + BEHIND };
    for (let seed = 1; seed <= loanCount; seed += 1) {
      const { policy: _p, calendar: _c, ...document } = applicable(randomLoan(seed, range));
      document.product.code = `P${seed}`;
      const refs = new Set<string>();
      const events = (document.events ?? []).filter(({ ref, value_date: on }) => {
        const isNew = !refs.has(ref) && on >= document.loan.disbursed_on;
        refs.add(ref);
        return isNew;
      });
      loans.set(`L${seed}`, { ...document, events });
    }
    first = await HistoryBook.create(FROM, loans);
    for (let day = FROM; day <= CUT_OVER; day += 1) {
      await first.importDay(day);
      await first.close();
    }
    const products = [...loans.values()].map(({ product }) => product);
    second = await SecondBook.create(CUT_OVER + 1, products);
    exported = await first.ask((client) => second.exportFrom(client, mostLeftOut));
    await second.importAll();
  }, timeoutMs);

  afterAll(async () => {
    await first?.drop();
    await second?.drop();
  });

  it('says what left the book', () => {
    const { loans: all, balances } = exported;
    // What is left out has events that a late one has made impossible, and nothing else.
    const reasons = new Set(all.firstLeftOut.map(({ reason }) => reason));
    expect([...reasons].filter((reason) => reason !== 'voided_events')).toEqual([]);
    expect(all.rows).toBe(all.loans);
    expect(balances.withHistory).toBeGreaterThan(0);
    expect(balances.withHistory).toBeLessThan(all.loans);
  });

  it(
    'closes the next days to the same positions and totals',
    async () => {
      for (let day = CUT_OVER + 1; day <= CUT_OVER + BEHIND; day += 1) {
        const date = formatDay(day);
        await first.close();
        const closed = await second.close();
        const held = await second.ask(async (client) => {
          const { rows } = await client.query<object>(
            `SELECT loan_no, reason FROM held_loan JOIN loan USING (bucket, loan_id) WHERE business_date = $1`,
            [date],
          );
          return rows;
        });
        expect(held, date).toEqual([]);
        expect(closed.checks.filter((check) => !check.ok)).toEqual([]);
        const [here, there] = [
          await first.ask((client) => positionsOn(client, date)),
          await second.ask((client) => positionsOn(client, date)),
        ];
        const left = new Set(exported.loans.firstLeftOut.map(({ loanNo }) => loanNo));
        expect(there, date).toEqual(here.filter(({ loan_no: loanNo }) => !left.has(loanNo)));
        if (left.size > 0) continue;
        expect(await second.ask((client) => totalsOn(client, date))).toEqual(
          await first.ask((client) => totalsOn(client, date)),
        );
      }
    },
    timeoutMs,
  );
}
