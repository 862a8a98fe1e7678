import type { ProductTerms } from '../accounting/product.js';
import { compileProduct } from './compile-product.js';
import { productContradictions } from './product-rules.js';
import { type ProductDocument, productSchema } from './product-schema.js';
import { readDocumentText } from './read-text.js';
import { checkShape, type DocumentSource, refuseViolations } from './violations.js';

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

/** The same from a value that was read before: part of a larger document, or one kept as JSON. */
export function productFromValue(value: unknown, source: DocumentSource): CheckedProduct {
  const document = checkShape(productSchema, value, source);
  refuseViolations(source, productContradictions(document));
  return { document, terms: compileProduct(document) };
}
