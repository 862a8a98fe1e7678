import { z } from 'zod';
import { date } from '../../../documents/fields.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { checkShape } from '../../../documents/violations.js';
import { type CheckedLedger, type LedgerDocument, ledgerFromValue } from './ledger.js';

/** What of a ledger document a file may hold alone: the accounts, or the rules with the tax. */
export type LedgerPart = 'chart' | 'rules';

export interface ReadLedger {
  /** YYYY-MM-DD */
  readonly effectiveFrom: string;
  /**
   * The whole ledger: what the file leaves out stays as it is in force. Throws LoanbookError
   * `invalid_document`; what is wrong with the part that stays is marked as being in force.
   */
  complete(inForce: CheckedLedger): CheckedLedger;
}

const datedSchema = z.looseObject({ effective_from: date() }, { error: 'must be a mapping' });

/**
 * A ledger document from YAML or JSON text, or, with `part`, the whole or only that part of one:
 * `accounts`, or `rules` and `tax`. Throws LoanbookError `invalid_document`.
 */
export function readLedger(text: string, sourceName: string, part?: LedgerPart): ReadLedger {
  const source = { name: sourceName };
  const value = checkShape(datedSchema, readDocumentText(text, sourceName), source);
  return {
    effectiveFrom: value.effective_from,
    complete({ document }) {
      const rest = restOf(part, value, document);
      return ledgerFromValue({ ...rest, ...value }, source, Object.keys(rest));
    },
  };
}

/**
 * Roles stay until they are named. Tax names accounts and belongs to the rules: rules that say
 * nothing of it leave it as it is.
 */
function restOf(
  part: LedgerPart | undefined,
  value: object,
  { accounts, roles, rules, tax }: LedgerDocument,
): Partial<LedgerDocument> {
  const named = roles === undefined || 'roles' in value ? {} : { roles };
  if (part === 'chart' && !('rules' in value || 'tax' in value)) return { ...named, rules, tax };
  if (part !== 'rules' || 'accounts' in value) return {};
  return { ...named, accounts, ...('tax' in value ? {} : { tax }) };
}
