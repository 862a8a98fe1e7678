import { join } from 'node:path';
import { Refusal } from '../../accounting/money/refusal.js';
import { PostingRules } from '../../accounting/posting/posting.js';
import type { SimulationResult } from '../../accounting/simulate/result-shape.js';
import { simulateLoan } from '../../accounting/simulate/simulate.js';
import type { SimulatedLedger } from '../../accounting/simulate/simulate-input.js';
import { readJsonLine } from '../../documents/json-line.js';
import { readDocumentText } from '../../documents/read-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { readTextFile, strictText } from '../../files/text-file.js';
import { packageRoot } from '../../package-root.js';
import { parseLedgerDocument, postingRulesOf } from '../book/documents/ledger.js';
import type { ProductFinder } from './book-products.js';
import { simulationReader } from './documents/simulate-document.js';

/** What-if for one document after the other, with the packaged chart of accounts. */
export interface Simulator {
  /** One JSON or YAML document, in UTF-8. */
  one(document: Buffer | string, sourceName: string): Promise<SimulationResult>;
  /** One JSON document; a refused one gives `{"error": {code, message, evidence}}`. */
  line(
    document: Buffer | string,
    sourceName: string,
  ): Promise<SimulationResult | { error: object }>;
}

/** `products` is asked for once, when a document names its product by code. */
export async function openSimulator(products: () => Promise<ProductFinder>): Promise<Simulator> {
  const ledger = await packagedLedger();
  let finder: ProductFinder | undefined;
  const read = simulationReader({ ledger, findProduct: (code, on) => finder?.(code, on) });
  const simulate = async (value: unknown, name: string) => {
    if (finder === undefined && namesProduct(value)) finder = await products();
    try {
      return simulateLoan(read(value, name));
    } catch (error) {
      throw refusedDocument(error, name);
    }
  };
  return {
    one: (bytes, name) => simulate(readDocumentText(textOf(bytes, name), name), name),
    async line(bytes, name) {
      try {
        return await simulate(readJsonLine(textOf(bytes, name), name), name);
      } catch (error) {
        return { error: errorLine(error) };
      }
    },
  };
}

/** Bytes from outside are not text yet. */
function textOf(document: Buffer | string, name: string): string {
  return typeof document === 'string' ? document : strictText(document, name);
}

function namesProduct(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'product' in value &&
    typeof value.product === 'string'
  );
}

async function packagedLedger(): Promise<SimulatedLedger> {
  const file = join(packageRoot, 'config/ledger.yaml');
  const ledger = parseLedgerDocument(await readTextFile(file), file);
  const codes = ledger.document.accounts.map(({ code }) => code);
  const ids = new Map(codes.map((code, index) => [code, index]));
  return { rules: new PostingRules(postingRulesOf(ledger, ids)), codes };
}

/** Where in the document the value is that the core refuses. */
const REFUSED_PATHS: Readonly<Record<string, string>> = {
  calendar_year_not_loaded: 'calendar.years',
  first_due_not_after_disbursement: 'loan.first_due_on',
  period_rate_out_of_range: 'loan.rate',
  principal_free_too_long: 'loan.periods',
  rate_out_of_range: 'loan.rate',
  through_before_disbursement: 'through',
};

/** A refusal of the core is the document's fault: it says where, by which rule and with what. */
export function refusedDocument(error: unknown, source: string): unknown {
  if (error instanceof RangeError) {
    return new LoanbookError('amount_out_of_range', `${source}: ${error.message}`, {
      exitCode: EXIT.usage,
      evidence: { source, path: 'loan', rule: 'amounts must stay exact' },
    });
  }
  if (!(error instanceof Refusal)) return error;
  const path = REFUSED_PATHS[error.code] ?? 'loan';
  return new LoanbookError(error.code, `${source}: ${path}: ${error.message}`, {
    exitCode: EXIT.usage,
    evidence: { source, path, rule: error.code, ...error.evidence },
  });
}

function errorLine(error: unknown): object {
  if (!(error instanceof Error)) return { code: 'internal', message: String(error), evidence: {} };
  const code = error instanceof LoanbookError ? error.code : 'internal';
  const evidence = 'evidence' in error ? error.evidence : {};
  return { code, message: error.message, evidence };
}
