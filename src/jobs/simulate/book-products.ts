import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { ProductTerms } from '../../accounting/product/product.js';
import { withClient } from '../../db/connect.js';
import { findPlace } from '../../db/embedded/embedded-place.js';
import { type Environment, externalTarget, resolveTarget } from '../../db/resolve-target.js';
import { type StoredProduct, storedProductTerms } from '../book/documents/product-document.js';

/** The terms of the product version in force on a day; undefined when there is none. */
export type ProductFinder = (code: string, on: EpochDay) => ProductTerms | undefined;

interface Version {
  readonly code: string;
  readonly from: EpochDay;
  readonly terms: ProductTerms;
}

/**
 * The products of the book, if there is one: no database is made for it. Throws what connecting to
 * the book's database throws.
 */
export async function bookProducts(bookFolder: string, env: Environment): Promise<ProductFinder> {
  const isOpen = externalTarget(env) !== undefined || findPlace(bookFolder) !== undefined;
  const versions = isOpen ? await loadVersions(bookFolder, env) : [];
  return (code, on) =>
    versions.find((version) => version.code === code && version.from <= on)?.terms;
}

/** Newest first. */
async function loadVersions(bookFolder: string, env: Environment): Promise<Version[]> {
  const target = await resolveTarget(bookFolder, env);
  return withClient(target, {}, async (client) => {
    const { rows } = await client.query<StoredProduct & { from: string }>(
      `SELECT code, effective_from AS "from", document, sha256, reading FROM product_version
       ORDER BY effective_from DESC, version DESC`,
    );
    return rows.map((row) => ({
      code: row.code,
      from: parseDay(row.from) ?? 0,
      terms: storedProductTerms(row),
    }));
  });
}
