import { productFromValue } from '../../src/jobs/book/documents/product-document.js';
import { keysWithoutEffect } from '../../src/jobs/book/documents/product-effects.js';
import type { ModelDocument } from '../model/model.js';

/** The same loan under a product that a book takes: without the keys that can do nothing. */
export function applicable(document: ModelDocument): ModelDocument {
  const product = structuredClone(document.product) as Record<string, unknown>;
  for (const { path } of keysWithoutEffect(productFromValue(product, { name: 'any' }).document)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at = product;
    for (const key of keys) at = at[key] as Record<string, unknown>;
    delete at[last];
  }
  return { ...document, product };
}
