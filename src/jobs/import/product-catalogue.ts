import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { Refusal } from '../../accounting/money/refusal.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { ProductTerms } from '../../accounting/product/product.js';
import { annualRatePpb } from '../../accounting/schedule/period-interest.js';
import { type StoredProduct, storedProductTerms } from '../book/documents/product-document.js';

export interface CatalogueEntry {
  readonly productId: number;
  readonly version: number;
  readonly effectiveFrom: EpochDay;
  readonly terms: ProductTerms;
}

/** The product versions of the book by code. */
export class ProductCatalogue {
  readonly #byCode = new Map<string, CatalogueEntry[]>();

  static async load(client: pg.Client): Promise<ProductCatalogue> {
    const { rows } = await client.query<
      StoredProduct & { product_id: number; version: number; effective_from: string }
    >(
      `SELECT product_id, code, version, effective_from, document, sha256, reading
       FROM product_version ORDER BY code, effective_from DESC, version DESC`,
    );
    const catalogue = new ProductCatalogue();
    for (const row of rows) {
      const entries = catalogue.#byCode.get(row.code) ?? [];
      entries.push({
        productId: row.product_id,
        version: row.version,
        effectiveFrom: parseDay(row.effective_from) ?? 0,
        terms: storedProductTerms(row),
      });
      catalogue.#byCode.set(row.code, entries);
    }
    return catalogue;
  }

  /** The terms of a version of the book. */
  termsOf(productId: number): ProductTerms | undefined {
    const entries = [...this.#byCode.values()].flat();
    return entries.find((entry) => entry.productId === productId)?.terms;
  }

  has(code: string): boolean {
    return this.#byCode.has(code);
  }

  /** How many of its rate unit each product version counts to the year: 12 for monthly rates. */
  rateUnits(): { productIds: number[]; unitsAYear: number[] } {
    const entries = [...this.#byCode.values()].flat();
    return {
      productIds: entries.map((entry) => entry.productId),
      unitsAYear: entries.map((entry) => annualRatePpb(entry.terms, 1)),
    };
  }

  /** The named version; without one, the latest that is effective on the day. */
  find(code: string, version: number | null, on: EpochDay): CatalogueEntry | undefined {
    const entries = this.#byCode.get(code) ?? [];
    return version === null
      ? entries.find((entry) => entry.effectiveFrom <= on)
      : entries.find((entry) => entry.version === version);
  }
}

/** A rate of the product's unit as one a year; undefined where none can be reckoned with. */
export function annualRate(entry: CatalogueEntry, unitPpb: number): number | undefined {
  try {
    return annualRatePpb(entry.terms, unitPpb);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
