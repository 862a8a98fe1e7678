import type pg from 'pg';
import { LoanbookError } from '../../errors.js';
import { valueOfStored } from './stored-document.js';

export interface ProductRow {
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly effectiveFrom: string;
  readonly sha256: string;
  readonly loans: number;
}

export interface ProductDetails extends Omit<ProductRow, 'loans'> {
  /** The checked document, every default written out. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** Every product version in order of code and version, with the number of its loans. */
export async function listProducts(client: pg.Client): Promise<ProductRow[]> {
  const { rows } = await client.query<ProductRow>(
    `SELECT p.code, p.version, p.name, p.effective_from AS "effectiveFrom", p.sha256,
       (SELECT count(*) FROM loan l WHERE l.product_id = p.product_id) AS loans
     FROM product_version p ORDER BY p.code, p.version`,
  );
  return rows;
}

/** One version of a product, the latest when none is named. Throws `unknown_product`. */
export async function showProduct(
  client: pg.Client,
  code: string,
  version?: number,
): Promise<ProductDetails> {
  const { rows } = await client.query<Omit<ProductDetails, 'document'> & { document: string }>(
    `SELECT code, version, name, effective_from AS "effectiveFrom", sha256, document
     FROM product_version WHERE code = $1 AND version = coalesce($2::integer, version)
     ORDER BY version DESC LIMIT 1`,
    [code, version ?? null],
  );
  const row = rows[0];
  if (row === undefined) {
    throw new LoanbookError('unknown_product', 'The book has no such product.', {
      evidence: { code, version },
      next: 'See `loanbook product list`.',
    });
  }
  const value = valueOfStored('product_version', `product ${code}`, row);
  return { ...row, document: value as Record<string, unknown> };
}
