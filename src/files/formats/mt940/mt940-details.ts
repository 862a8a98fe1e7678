/** What the bank says of an entry (field 86). */
export interface Mt940Details {
  readonly text: string;
  readonly counterparty: string;
  readonly counterpartyAccount: string;
}

/** A business code of three digits, then fields of a mark and two digits. */
const STRUCTURED = /^[0-9]{3}([?>~])(?=[0-9]{2})/;

/**
 * The details of a field 86, structured (`166?00...?20...`) or free. Its lines are cut anywhere, so
 * those of a structured one are joined as they are; of a free one with a blank between.
 */
export function mt940Details(lines: readonly string[]): Mt940Details {
  const whole = lines.join('');
  const [, mark] = STRUCTURED.exec(whole) ?? [];
  if (mark === undefined) {
    const text = lines
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .join(' ');
    return { text, counterparty: '', counterpartyAccount: '' };
  }
  const parts = whole
    .slice(3)
    .split(new RegExp(`\\${mark}(?=[0-9]{2})`))
    .filter((part) => part !== '')
    .map((part) => [Number(part.slice(0, 2)), part.slice(2)] as const);
  const joined = (is: (code: number) => boolean) =>
    parts
      .filter(([code]) => is(code))
      .map(([, part]) => part)
      .join('')
      .trim();
  const purpose = joined((code) => (code >= 20 && code <= 29) || (code >= 60 && code <= 63));
  return {
    text: purpose === '' ? joined((code) => code === 0) : purpose,
    counterparty: joined((code) => code === 32 || code === 33),
    counterpartyAccount: joined((code) => code === 31),
  };
}
