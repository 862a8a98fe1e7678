import { listOf, mapping, oneOf } from '../../../documents/fields.js';
import { instant, windowField, zoneName } from './clock-fields.js';

/** What is asked of a window alone: when does a job start that is ready then? */
export const windowDocument = mapping({
  kind: oneOf('window').optional(),
  time_zone: zoneName(),
  window: windowField(),
  due: instant(),
  ready: listOf(instant()),
});
