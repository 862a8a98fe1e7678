import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AheadInstallment,
  type OpenInstallment,
  type Position,
  type Special,
  STATUS,
} from '../../../src/accounting/fold/position.js';
import { NO_DAY } from '../../../src/accounting/money/units.js';
import { TOTALS_COUNT } from '../../../src/accounting/posting/totals.js';
import { viewOf } from '../../../src/db/copy/copy-tuple.js';
import { TupleWriter } from '../../../src/db/copy/tuple-writer.js';
import {
  CARRIED_COLUMNS,
  POSITION_COLUMNS,
  PositionRow,
} from '../../../src/jobs/day/position-row.js';

const amount = fc.integer({ min: 0, max: 1_000_000_000_000 });
const day = fc.integer({ min: 0, max: 2_932_896 });
const small = fc.integer({ min: 0, max: 32_767 });
const charge = fc.record({ due: amount, open: amount, whole: amount, rest: fc.maxSafeNat() });

const installment: fc.Arbitrary<OpenInstallment> = fc.record({
  seq: fc.integer({ min: 1, max: 400 }),
  dueOn: day,
  lastFreeOn: day,
  missed: fc.boolean(),
  overdue: fc.boolean(),
  principalDue: amount,
  principalOpen: amount,
  interestDue: amount,
  interestOpen: amount,
  feeDue: amount,
  feeOpen: amount,
  penalty: charge,
  compound: charge,
  penaltyCharged: amount,
  countsFrom: day,
});

const ahead: fc.Arbitrary<AheadInstallment> = fc.record({
  seq: fc.integer({ min: 1, max: 400 }),
  principalPaid: amount,
  principalWaived: amount,
  interestPaid: amount,
  interestWaived: amount,
  feeDue: amount,
  feeMet: amount,
  penaltyDue: amount,
  penaltyMet: amount,
});

const special: fc.Arbitrary<Special> = fc.record({
  ahead: fc.array(ahead, { maxLength: 40 }),
  settledUnits: fc.maxSafeNat(),
  settledOn: day,
  settledRates: small,
  rates: fc.array(fc.record({ on: day, ratePpb: amount }), { maxLength: 5 }),
  lineFrom: day,
  lineBase: amount,
  flatBase: fc.maxSafeNat(),
  payment: amount,
  principalPart: amount,
  owedNights: fc.maxSafeNat(),
  owedFrom: day,
  carried: fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
  chargeRows: small,
  askedLater: fc.integer({ min: -1, max: 1_000_000_000 }),
  chargedBack: amount,
});

/** Held for the customer or owed by them: one of the two is none. */
const held = fc
  .tuple(amount, fc.boolean())
  .map(([fen, isOwed]) =>
    isOwed ? { suspense: 0, refundDue: fen } : { suspense: fen, refundDue: 0 },
  );

const balances = fc.record({
  bucket: fc.integer({ min: 0, max: 1023 }),
  loanId: fc.maxSafeNat(),
  businessDate: day,
  foldedOn: day,
  engineVersion: small,
  groupId: fc.integer({ min: 1, max: 2_147_483_647 }),
  scheduleVersion: small,
  status: fc.constantFrom(...Object.values(STATUS)),
  accruing: fc.boolean(),
  classification: fc.integer({ min: 0, max: 4 }),
  overdueBucket: fc.integer({ min: 0, max: 7 }),
  daysPastDue: fc.integer({ min: 0, max: 100_000 }),
  nextSeq: small,
  periodStartOn: day,
  nextDueOn: day,
  nextPrincipal: amount,
  nextInterest: amount,
  ratePpb: amount,
  periodUnits: fc.maxSafeNat(),
  principal: amount,
  principalNotDue: amount,
  principalOverdue: amount,
  interestAccrued: fc.maxSafeInteger(),
  interestDue: amount,
  penaltyDue: amount,
  compoundDue: amount,
  feeDue: amount,
  interestAccruedTotal: fc.maxSafeInteger(),
  oldestDueOn: day,
  oldestFreeOn: day,
  open: fc.array(installment, { maxLength: 200 }),
  special: fc.option(special),
});

const position: fc.Arbitrary<Position> = fc
  .tuple(balances, held)
  .map(([rest, money]) => ({ ...rest, ...money }));

/** Some of the columns of a tuple of all of them, field by field. */
function onlyCarried(bytes: Buffer): Buffer {
  const kept: Buffer[] = [Buffer.from([0, CARRIED_COLUMNS.length])];
  let at = 2;
  for (const column of POSITION_COLUMNS) {
    const end = at + 4 + bytes.readInt32BE(at);
    if (CARRIED_COLUMNS.includes(column)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

describe('a position as a row', () => {
  it('is read from the carried columns as from all, but for its age', () => {
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 1023 }), day, (given, bucket, date) => {
        // A loan's id tells its bucket: bucket × 2³² + ordinal.
        const loanId = bucket * 2 ** 32 + given.groupId;
        const row = new PositionRow();
        Object.assign(row.position, given, { loanId, bucket });
        const writer = new TupleWriter(1024);
        row.write(writer);
        const whole = Buffer.from(writer.bytes.subarray(0, writer.length));
        const bytes = Buffer.from(onlyCarried(whole));
        const again = new PositionRow();
        again.readCarried(viewOf(bytes), 2, bytes, date);
        const age = {
          businessDate: date,
          oldestDueOn: NO_DAY,
          oldestFreeOn: NO_DAY,
          daysPastDue: 0,
          classification: 0,
          overdueBucket: 0,
        };
        expect(again.position).toEqual({ ...given, ...age, loanId, bucket });
      }),
      { numRuns: 200 },
    );
  });

  it('is read as it was written, totals opened or not', () => {
    const totals = fc.array(fc.maxSafeNat(), { minLength: TOTALS_COUNT, maxLength: TOTALS_COUNT });
    fc.assert(
      fc.property(position, totals, fc.boolean(), (given, givenTotals, opened) => {
        const row = new PositionRow();
        Object.assign(row.position, given);
        givenTotals.forEach((total, at) => {
          row.totals[at] = total;
        });
        const first = new TupleWriter(1024);
        row.write(first);
        const bytes = Buffer.from(first.bytes.subarray(0, first.length));
        const again = new PositionRow();
        again.read(viewOf(bytes), 2, bytes);
        expect(again.position).toEqual(given);
        if (opened) expect(again.openTotals()).toEqual(givenTotals);
        const second = new TupleWriter(1024);
        again.write(second);
        expect(second.bytes.subarray(0, second.length).equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
