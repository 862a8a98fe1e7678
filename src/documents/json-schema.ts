import { z } from 'zod';

/**
 * The JSON Schema (draft 2020-12) of a document, made from the schema that checks it: keys,
 * defaults, words, bounds and what each key is for. Contradictions between keys are not in it.
 */
export function jsonSchemaOf(title: string, checked: z.ZodType): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(checked, {
    target: 'draft-2020-12',
    io: 'input',
    // Zod leaves out the default of a field that is transformed, lest it had another form. Here it
    // has not: a checked document is a document.
    override({ zodSchema: { _zod }, jsonSchema }) {
      if (_zod.def.type === 'default') jsonSchema.default = _zod.def.defaultValue;
    },
  });
  const end = { const: true, description: 'May close the document: nothing is cut off behind it.' };
  const properties = { ...schema.properties, end };
  return { $schema, title, ...schema, properties };
}
