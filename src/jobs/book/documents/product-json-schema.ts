import { jsonSchemaOf } from '../../../documents/json-schema.js';
import { productSchema } from './product-schema.js';

/** The JSON Schema of a product document. */
export function productJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook product', productSchema);
}
