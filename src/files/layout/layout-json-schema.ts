import { jsonSchemaOf } from '../../documents/json-schema.js';
import { layoutSchema } from './layout-schema.js';

/** The JSON Schema of a layout. */
export function layoutJsonSchema(): Record<string, unknown> {
  return jsonSchemaOf('loanbook layout', layoutSchema);
}
