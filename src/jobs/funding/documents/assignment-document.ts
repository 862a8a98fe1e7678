import type { z } from 'zod';
import type { EpochDay } from '../../../accounting/money/units.js';
import {
  checkedDay,
  date,
  integer,
  listOf,
  mapping,
  oneOf,
  rate,
} from '../../../documents/fields.js';
import { jsonSchemaOf } from '../../../documents/json-schema.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
  type Violation,
} from '../../../documents/violations.js';
import type { PriceTerms } from '../../../funding/transfer/transfer.js';
import { checkedRate, code } from './amount-fields.js';

export const ASSIGNMENT_KINDS = ['sale', 'buy_back', 'clean_up'] as const;
export type AssignmentKind = (typeof ASSIGNMENT_KINDS)[number];

const assignmentSchema = mapping({
  code: code(),
  version: integer(1).default(1),
  kind: oneOf(...ASSIGNMENT_KINDS).default('sale'),
  day: date().describe('behind the close of this day, the last one that is closed'),
  buyer: code().describe('who buys; of what comes back, who gives it back'),
  plan: code().describe('own: the lender alone, without a plan'),
  plan_version: integer(1).optional().describe('default: the one in force'),
  ratio: rate().default('1').describe('of the principal, the price'),
  interest_ratio: rate().default('1').describe('of all else'),
  loans: listOf(code()).default([]),
  pool: code().optional().describe('of clean_up: the assignment whose rest is called back'),
  at_most: rate().default('0.10').describe('of clean_up: rest of the principal that was sold'),
});

/** A checked document: plain JSON, every default filled in, rates as their text. */
export type AssignmentDocument = z.output<typeof assignmentSchema>;

/** A list of loans that changes hands, as its document says. */
export interface CheckedAssignment {
  readonly document: AssignmentDocument;
  readonly day: EpochDay;
  readonly terms: PriceTerms;
  readonly atMostPpb: number;
}

/** Throws LoanbookError `invalid_document`, with paths. */
export function assignmentFromValue(value: unknown, name: string): CheckedAssignment {
  const source: DocumentSource = { name, page: 'docs/funding.md' };
  const document = checkShape(assignmentSchema, value, source);
  refuseViolations(source, [...contradictions(document), ...repeated(document.loans)]);
  return {
    document,
    day: checkedDay(document.day),
    terms: {
      ratioPpb: checkedRate(document.ratio),
      interestRatioPpb: checkedRate(document.interest_ratio),
    },
    atMostPpb: checkedRate(document.at_most),
  };
}

export function assignmentJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook funding assignment', assignmentSchema);
}

function contradictions({ kind, loans, pool }: AssignmentDocument): Violation[] {
  const isCall = kind === 'clean_up';
  const violations: Violation[] = [];
  if (isCall && pool === undefined) {
    violations.push({
      path: 'pool',
      rule: 'is required: a clean_up calls back the rest of a pool',
    });
  }
  if (isCall && loans.length > 0) {
    const rule = 'must be left out of a clean_up: all that is left of the pool comes back';
    violations.push({ path: 'loans', rule, value: loans.length });
  }
  if (!isCall && pool !== undefined) {
    violations.push({ path: 'pool', rule: 'is of a clean_up alone', value: pool });
  }
  if (!isCall && loans.length === 0) {
    violations.push({ path: 'loans', rule: 'must name one at least' });
  }
  return violations;
}

function repeated(loans: readonly string[]): Violation[] {
  const seen = new Set<string>();
  return loans.flatMap((value, at) => {
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [{ path: `loans[${at}]`, rule: 'is in the list already', value }];
  });
}
