/** Printable ASCII without small letters looks like itself. */
const PLAIN = /^[\x21-\x60\x7b-\x7e]+$/;
/** What nobody sees: blanks of every kind, zero-width and format characters, soft hyphens. */
export const INVISIBLE = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\u2800]/gu;

/**
 * What is left of a loan number once width (NFKC), case and invisible characters are taken away;
 * two numbers of the same look are one to those who read them.
 */
export function lookOf(loanNo: string): string {
  if (PLAIN.test(loanNo)) return loanNo;
  const visible = loanNo.normalize('NFKC').replace(INVISIBLE, '');
  return visible.toUpperCase().normalize('NFKC');
}
