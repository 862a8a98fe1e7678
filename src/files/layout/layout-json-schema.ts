import { z } from 'zod';
import { layoutSchema } from './layout-schema.js';

/**
 * The JSON Schema (draft 2020-12) of a layout, made from the schema that checks it: keys, words,
 * bounds and what each key is for. Contradictions between keys are not in it.
 */
export function layoutJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(layoutSchema, {
    target: 'draft-2020-12',
    io: 'input',
    override({ zodSchema: { _zod }, jsonSchema }) {
      if (_zod.def.type === 'default') jsonSchema.default = _zod.def.defaultValue;
    },
  });
  const end = { const: true, description: 'May close the document: nothing is cut off behind it.' };
  const properties = { ...schema.properties, end };
  return { $schema, title: 'loanbook layout', ...schema, properties };
}
