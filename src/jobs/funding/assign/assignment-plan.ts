import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import type { FundingPlan } from '../../../funding/plan/plan.js';
import { ownAt } from '../../../funding/shares/joint-loan.js';
import type { Book } from '../../book/book.js';
import { loadFundingPlans, OWN_FUNDS } from '../../book/funding-plans.js';
import { loadBook } from '../../book/load-book.js';
import type { CheckedAssignment } from '../documents/assignment-document.js';
import { unknownPartner } from '../terms/apply-terms.js';
import { termsOn } from '../terms/terms-queries.js';

/** The plan that loans are assigned to. */
export interface NewPlan {
  /** Null: the lender alone, without a plan. */
  readonly planId: number | null;
  readonly terms: FundingPlan | null;
  /** As `ABS-1 1`. */
  readonly name: string;
}

/**
 * The book with the plan and the buyer that a document names. Throws LoanbookError `unknown_plan`,
 * `plan_not_effective`, `unknown_partner`, `buyer_is_the_lender`, `buyer_not_in_plan` (2).
 */
export async function assignmentBook(
  client: pg.Client,
  { document, day }: CheckedAssignment,
  source: string,
): Promise<{ readonly book: Book; readonly plan: NewPlan }> {
  const book = await loadBook(client);
  const plan = await planOf(client, { document, day }, source);
  const { buyer, kind } = document;
  const own = plan.terms === null ? undefined : plan.terms.parties[ownAt(plan.terms)]!.party;
  if (buyer === own) {
    throw refused('buyer_is_the_lender', 'Nobody is seller and buyer at once.', {
      ...{ source, path: 'buyer', rule: 'must be another party than the own one', value: buyer },
    });
  }
  if ((await termsOn(client, 'partner', buyer, formatDay(day + 1))) === undefined) {
    throw unknownPartner(source, 'buyer', buyer);
  }
  const isParty = plan.terms?.parties.some(({ party, part }) => party === buyer && part > 0);
  if (kind !== 'sale' || isParty === true) return { book, plan };
  throw refused('buyer_not_in_plan', 'The buyer has no part in the plan.', {
    ...{ source, path: 'buyer', rule: `must be a party of ${plan.name}`, value: buyer },
  });
}

async function planOf(
  client: pg.Client,
  { document, day }: Pick<CheckedAssignment, 'document' | 'day'>,
  source: string,
): Promise<NewPlan> {
  const { plan: code, plan_version: version } = document;
  if (code === OWN_FUNDS) return { planId: null, terms: null, name: OWN_FUNDS };
  const versions = [...(await loadFundingPlans(client))]
    .filter(([, terms]) => terms.code === code)
    .sort(([, left], [, right]) => right.version - left.version);
  const evidence = { source, path: 'plan', value: code };
  if (versions.length === 0) {
    const rule = 'must be a plan of the book, or own';
    throw refused('unknown_plan', 'The book has no such plan.', { ...evidence, rule });
  }
  const from = day + 1;
  const found = versions.find(([, terms]) =>
    version === undefined ? terms.effectiveFrom <= from : terms.version === version,
  );
  if (found !== undefined && found[1].effectiveFrom <= from) {
    const [planId, terms] = found;
    return { planId, terms, name: `${code} ${terms.version}` };
  }
  const rule = `must be in force on ${formatDay(from)}`;
  const value = version === undefined ? code : `${code} ${version}`;
  const message = 'No such version of the plan is in force.';
  throw refused('plan_not_effective', message, { ...evidence, value, rule });
}

function refused(
  code: string,
  message: string,
  evidence: Readonly<Record<string, string | number>>,
): LoanbookError {
  const next = 'Put the document right; `loanbook funding plan list` shows the plans.';
  return new LoanbookError(code, message, { exitCode: EXIT.usage, evidence, next });
}
