import { z } from 'zod';
import { listOf, mapping, oneOf, words } from '../../../documents/fields.js';

/** `text` is a field too: what a log or an error would show. */
export const maskSchema = mapping({
  kind: oneOf('mask'),
  items: listOf(mapping({ field: words(), value: z.string({ error: 'must be text' }) })),
});
