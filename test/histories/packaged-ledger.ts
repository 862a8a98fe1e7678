import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PostingRules, type SubledgerMeasure } from '../../src/accounting/posting/posting.js';
import type { SimulatedLedger } from '../../src/accounting/simulate/simulate-input.js';
import { parseLedgerDocument, postingRulesOf } from '../../src/jobs/book/documents/ledger.js';
import { packageRoot } from '../../src/package-root.js';

const file = join(packageRoot, 'config/ledger.yaml');
export const PACKAGED_DOCUMENT = parseLedgerDocument(readFileSync(file, 'utf8'), file);
const codes = PACKAGED_DOCUMENT.document.accounts.map(({ code }) => code);
const ids = new Map(codes.map((code, index) => [code, index]));

/** The chart of accounts and the posting rules that a new book has. */
export const PACKAGED_LEDGER: SimulatedLedger = {
  rules: new PostingRules(postingRulesOf(PACKAGED_DOCUMENT, ids)),
  codes,
};

/** The account that must equal a sum over the positions: its code, and 1 for a debit balance. */
export function subledgerAccounts(): { measure: SubledgerMeasure; code: string; side: 1 | -1 }[] {
  return PACKAGED_DOCUMENT.document.accounts.flatMap(({ code, subledger, normal_side: side }) =>
    subledger === undefined ? [] : [{ measure: subledger, code, side: side === 'debit' ? 1 : -1 }],
  );
}
