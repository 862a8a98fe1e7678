import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { isAboveCostCap } from '../../accounting/cost/cost-cap.js';
import { bucketOf } from '../../accounting/fold/loan-bucket.js';
import { parseAmount, parseRatePpb } from '../../accounting/money/amount-text.js';
import { Refusal } from '../../accounting/money/refusal.js';
import { type EpochDay, NO_DAY } from '../../accounting/money/units.js';
import { laySchedule } from '../../accounting/schedule/schedule.js';
import type { LoanContract, Schedule } from '../../accounting/schedule/schedule-rows.js';
import { boolField, dateArray, int8Array, nullField } from '../../db/copy/copy-array.js';
import type { TupleWriter } from '../../db/copy/tuple-writer.js';
import type { CostCapOn } from '../book/cost-caps.js';
import { type PlanCatalogue, type PlanOf, planOf } from './assigned-plan.js';
import { LoanBounds } from './loan-bounds.js';
import { putLook } from './loan-look.js';
import type { LoanNumbers } from './loan-numbers.js';
import { agreedSchedule, type OwnSchedule, type OwnSchedules } from './own-schedule.js';
import { annualRate, type CatalogueEntry, type ProductCatalogue } from './product-catalogue.js';
import type { LoanScene, RowIntake } from './row-intake.js';
import { isCleanText, parseCount } from './source/field-text.js';
import { LOAN_SCHEDULE_COLUMNS, LOAN_STAGE_COLUMNS, refusedField } from './source/loan-columns.js';
import type { RowProblem } from './source/source-columns.js';
import type { LoanBirths } from './tasks/loan-births.js';
import { type MerchantVersions, putMerchant } from './tasks/merchants-of-book.js';

const ORG_DEFAULT = 'head';
/** What a smallint holds. */
const PERIODS_MAX = 32_767;

const FIRST_VERSION = 1;

/** What a loan is held to beside its own product. */
export interface LoanRules {
  readonly catalogue: ProductCatalogue;
  readonly costCapOn: CostCapOn;
  readonly plans: PlanCatalogue;
  readonly merchants: MerchantVersions;
}

/** What the book has of what the rows name. */
export interface LoanSurroundings {
  readonly numbers: LoanNumbers;
  /** Numbers of parties that the book has, of those named. */
  readonly parties: ReadonlySet<string>;
}

/** Where a loan goes beside its own row. */
export interface LoanWriters {
  /** Takes a tuple of LOAN_SCHEDULE_COLUMNS for each loan. */
  readonly schedules: TupleWriter;
  /** Takes the rest of what a loan brings; undefined: the server makes it. */
  readonly births?: LoanBirths | undefined;
}

interface LoanIds {
  readonly line: number;
  readonly bucket: number;
  readonly loanId: number;
  readonly loanNo: string;
  readonly org: string;
}

interface LoanTerms {
  readonly entry: CatalogueEntry;
  readonly contract: LoanContract;
  readonly paidPeriods: number;
}

/** Reads loans: a disbursement from the open day on, an opening (a migrated loan) before it. */
export class LoanIntake implements RowIntake {
  entersOpenDay = false;
  /** Staged numbers that are not what they look like. */
  looks = 0;
  readonly #own: OwnSchedules | undefined;
  readonly #writers: LoanWriters;
  readonly #catalogue: ProductCatalogue;
  readonly #openDay: EpochDay;
  readonly #costCapOn: CostCapOn;
  readonly #planOf: PlanOf;
  readonly #merchants: MerchantVersions;
  readonly #minorDigits: number;
  readonly #bounds: LoanBounds;
  readonly #numbers: LoanNumbers;
  readonly #parties: ReadonlySet<string>;

  /** `own`: schedules that loans bring. */
  constructor(
    rules: LoanRules,
    scene: LoanScene,
    book: LoanSurroundings,
    writers: LoanWriters,
    own?: OwnSchedules,
  ) {
    this.#own = own;
    this.#writers = writers;
    this.#catalogue = rules.catalogue;
    this.#costCapOn = rules.costCapOn;
    this.#planOf = planOf(rules.plans, scene.boundsOn);
    this.#merchants = rules.merchants;
    this.#openDay = scene.openDay;
    this.#minorDigits = scene.minorDigits;
    this.#bounds = new LoanBounds(scene);
    this.#numbers = book.numbers;
    this.#parties = book.parties;
  }

  take(fields: readonly string[], line: number, writer: TupleWriter): RowProblem | undefined {
    const loanNo = fields[0]!;
    const org = fields[9] || ORG_DEFAULT;
    if (!isCleanText(loanNo)) return problem('loan_no', 'malformed_text', loanNo);
    if (!isCleanText(org)) return problem('org', 'malformed_text', org);
    const party = fields[10]!;
    if (!isCleanText(party)) return problem('party', 'malformed_text', party);
    const own = this.#own?.of(loanNo) ?? null;
    if (own !== null && own.problem !== null) return own.problem;
    const terms = this.#readTerms(fields, own);
    if ('rule' in terms) return terms;
    const schedule = this.#scheduleOf(terms, own, fields);
    if ('rule' in schedule) return schedule;
    const wrong = this.#checkSchedule(terms, schedule, fields, own !== null);
    if (wrong !== undefined) return wrong;
    const bucket = bucketOf(loanNo);
    const loanId = this.#numbers.idOf(bucket, loanNo);
    const clash = this.#numbers.clashOf(loanNo);
    if (clash !== undefined) return problem('loan_no', clash, loanNo);
    if (party !== '' && !this.#parties.has(party)) return problem('party', 'unknown_party', party);
    const planId = this.#planOf(fields[11]!, terms.contract);
    if (typeof planId !== 'number') return planId;
    const soldBy = this.#merchants.of(fields[12]!, terms.contract.disbursedOn);
    if (soldBy !== null && 'rule' in soldBy) return soldBy;
    const ids = { line, bucket, loanId, loanNo, org };
    this.#put(writer, ids, fields[4]!, terms);
    if (party === '') nullField(writer);
    else writer.text(party);
    writer.int4(planId);
    putMerchant(writer, soldBy);
    int8Array(writer, schedule.fee ?? []);
    boolField(writer, own !== null);
    this.#putSchedule(ids, terms, schedule);
    return undefined;
  }

  /** The loan's own schedule, else its product's. */
  #scheduleOf(
    { entry, contract }: LoanTerms,
    own: OwnSchedule | null,
    fields: readonly string[],
  ): Schedule | RowProblem {
    try {
      // Of a loan with its own schedule as well: an event that lays it again asks for the payment.
      const laid = laySchedule(entry.terms, contract);
      if (own === null || this.#own === undefined) return laid;
      return agreedSchedule(own, contract, this.#own.words);
    } catch (error) {
      // An amount of the schedule is no safe integer.
      if (error instanceof RangeError) {
        return problem('principal', 'amount_out_of_range', fields[3]!);
      }
      if (!(error instanceof Refusal)) throw error;
      return refusedField(error.code, fields);
    }
  }

  #readTerms(fields: readonly string[], own: OwnSchedule | null): LoanTerms | RowProblem {
    const [, code = '', versionText = '', principalText = '', rateText = ''] = fields;
    const [, , , , , periodsText = '', disbursedText = '', firstText = '', paidText = ''] = fields;
    const disbursedOn = parseDay(disbursedText);
    if (disbursedOn === undefined) return problem('disbursed_on', 'malformed_date', disbursedText);
    const firstDueOn = firstText === '' ? null : parseDay(firstText);
    if (firstDueOn === undefined) return problem('first_due_on', 'malformed_date', firstText);
    const version = versionText === '' ? null : parseCount(versionText);
    if (version === undefined) {
      return problem('product_version', 'malformed_number', versionText);
    }
    if (!this.#catalogue.has(code)) return problem('product', 'unknown_product', code);
    const entry = this.#catalogue.find(code, version, disbursedOn);
    if (entry === undefined) {
      return version === null
        ? problem('product', 'product_not_effective', code)
        : problem('product_version', 'unknown_product_version', versionText);
    }
    const principal = parseAmount(principalText, this.#minorDigits);
    if (principal === undefined) return problem('principal', 'malformed_amount', principalText);
    if (principal <= 0) return problem('principal', 'principal_not_positive', principalText);
    const unitPpb: number | undefined = parseRatePpb(rateText);
    if (unitPpb === undefined) return problem('rate', 'malformed_rate', rateText);
    const ratePpb = annualRate(entry, unitPpb);
    if (ratePpb === undefined) return problem('rate', 'rate_out_of_range', rateText);
    const periods =
      periodsText === ''
        ? (own?.dueOn.length ?? entry.terms.repayment.periods)
        : (parseCount(periodsText) ?? 0);
    if (periods === null) return problem('periods', 'missing_field', '');
    if (periods < 1 || periods > PERIODS_MAX) {
      return problem('periods', 'malformed_number', periodsText);
    }
    if (own !== null && periods !== own.dueOn.length && !isOneRow(entry)) {
      return problem('periods', 'periods_not_rows', periodsText);
    }
    const paidPeriods = paidText === '' ? 0 : parseCount(paidText);
    if (paidPeriods === undefined) return problem('paid_periods', 'malformed_number', paidText);
    const contract = { principal, ratePpb, periods, disbursedOn, firstDueOn };
    const unbounded = this.#bounds.contractProblem(contract, entry.terms, fields);
    if (unbounded !== undefined) return unbounded;
    return { entry, contract, paidPeriods };
  }

  #checkSchedule(
    { entry, contract, paidPeriods }: LoanTerms,
    schedule: Schedule,
    fields: readonly string[],
    isOwn: boolean,
  ): RowProblem | undefined {
    const { dueOn } = schedule;
    if (dueOn[dueOn.length - 1]! >= NO_DAY) {
      return problem('disbursed_on', 'schedule_out_of_range', fields[6]!);
    }
    const unbounded = this.#bounds.scheduleProblem(contract, schedule, fields[7]!);
    if (unbounded !== undefined) return unbounded;
    const cap = this.#costCapOn(contract.disbursedOn);
    if (cap !== null && isAboveCostCap(entry.terms, contract, schedule, cap, isOwn)) {
      return problem('rate', 'cost_above_cap', fields[4]!);
    }
    if (paidPeriods === 0) return undefined;
    const value = fields[8]!;
    if (contract.disbursedOn >= this.#openDay) {
      return problem('paid_periods', 'paid_before_disbursement', value);
    }
    if (paidPeriods >= dueOn.length) return problem('paid_periods', 'paid_to_the_end', value);
    if (dueOn[paidPeriods - 1]! >= this.#openDay) {
      return problem('paid_periods', 'paid_before_due', value);
    }
    return undefined;
  }

  #put(
    writer: TupleWriter,
    { line, bucket, loanId, loanNo, org }: LoanIds,
    rate: string,
    { entry, contract, paidPeriods }: LoanTerms,
  ): void {
    const bornOn = this.#bornOn(contract);
    if (bornOn === this.#openDay) this.entersOpenDay = true;
    writer.tuple(LOAN_STAGE_COLUMNS.length);
    writer.int4(line);
    writer.int2(bucket);
    writer.int8(loanId);
    writer.text(loanNo);
    if (putLook(writer, loanNo)) this.looks += 1;
    writer.int4(entry.productId);
    writer.text(org);
    writer.int8(contract.principal);
    writer.text(rate);
    writer.int8(contract.ratePpb);
    writer.int2(contract.periods);
    writer.date(contract.disbursedOn);
    if (contract.firstDueOn === null) nullField(writer);
    else writer.date(contract.firstDueOn);
    writer.int2(paidPeriods);
    writer.date(bornOn);
  }

  #bornOn({ disbursedOn }: LoanContract): EpochDay {
    return Math.max(disbursedOn, this.#openDay);
  }

  #putSchedule(ids: LoanIds, { contract }: LoanTerms, schedule: Schedule): void {
    const { schedules: writer, births } = this.#writers;
    const { line, bucket, loanId } = ids;
    writer.tuple(LOAN_SCHEDULE_COLUMNS.length);
    writer.int2(bucket);
    writer.int8(loanId);
    writer.int2(FIRST_VERSION);
    writer.date(contract.disbursedOn);
    const from = writer.length;
    int8Array(writer, schedule.balanceAfter);
    if (births !== undefined) {
      const { principal, disbursedOn } = contract;
      const loan = { line, bucket, loanId, principal, disbursedOn, bornOn: this.#bornOn(contract) };
      births.add(loan, FIRST_VERSION, writer.bytes.subarray(from, writer.length));
    }
    dateArray(writer, schedule.dueOn);
    int8Array(writer, schedule.principal);
    int8Array(writer, schedule.interest);
  }
}

/** One row however many periods it spans. */
function isOneRow({ terms }: CatalogueEntry): boolean {
  return terms.repayment.method === 'bullet' || terms.repayment.method === 'daily_interest';
}

function problem(field: string, rule: string, value: string): RowProblem {
  return { field, rule, value };
}
