import { InvariantError } from '../../../accounting/money/refusal.js';
import {
  CURRENT_READING,
  type ProductTerms,
  READINGS,
} from '../../../accounting/product/product.js';
import { readDocumentText } from '../../../documents/read-text.js';
import {
  checkShape,
  type DocumentSource,
  refuseViolations,
} from '../../../documents/violations.js';
import { valueOfStored } from '../stored-document.js';
import { compileProduct } from './compile-product.js';
import { productContradictions } from './product-rules.js';
import { type ProductDocument, productSchema } from './product-schema.js';

export interface CheckedProduct {
  readonly document: ProductDocument;
  readonly terms: ProductTerms;
}

/**
 * A product document from YAML or JSON text. Throws LoanbookError `invalid_document`, exit code 2,
 * with path, rule and value of everything that is wrong.
 */
export function parseProductDocument(text: string, sourceName: string): CheckedProduct {
  return productFromValue(readDocumentText(text, sourceName), { name: sourceName });
}

/** The same from a value that was read before: part of a larger document. */
export function productFromValue(value: unknown, source: DocumentSource): CheckedProduct {
  const document = checkedDocument(value, source);
  return { document, terms: compileProduct(document, CURRENT_READING) };
}

/** A row of `product_version`. */
export interface StoredProduct {
  readonly code: string;
  /** JSON, as it was applied. */
  readonly document: string;
  readonly sha256: string;
  readonly reading: number;
}

/** The terms of a version of the book, by the reading that it was applied under. */
export function storedProductTerms({ code, reading, ...stored }: StoredProduct): ProductTerms {
  const known = READINGS.find((one) => one === reading);
  if (known === undefined) throw new InvariantError('an unknown reading', { code, reading });
  const name = `product ${code}`;
  const value = valueOfStored('product_version', name, stored);
  return compileProduct(checkedDocument(value, { name }), known);
}

function checkedDocument(value: unknown, source: DocumentSource): ProductDocument {
  const document = checkShape(productSchema, value, source);
  refuseViolations(source, productContradictions(document));
  return document;
}
