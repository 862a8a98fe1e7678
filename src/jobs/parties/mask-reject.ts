import { maskCell, maskField } from '../../files/mask.js';
import { MASKED_FIELDS } from '../../files/normal-form.js';

/** Fields that stand in clear, but for what is personal by its check digits. */
const OPEN_FIELDS = ['', 'party', 'id_type'];
const CHARS_MAX = 60;

/**
 * A rejected value as it may be shown: masked as its field is, whatever is wrong with it. What does
 * not look like a value of its field any more is hidden whole.
 */
export function maskReject(field: string, rule: string, value: string): string {
  // How many fields there are is said in words of ours.
  if (value === '' || rule === 'column_count') return value;
  if (OPEN_FIELDS.includes(field)) return maskCell(value);
  const isOwnMask = (MASKED_FIELDS as readonly string[]).includes(field);
  return isOwnMask && value.length <= CHARS_MAX ? maskField(field, value) : '****';
}
