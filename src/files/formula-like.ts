/**
 * Whether a spreadsheet that opens the text from a CSV file may run it, or what is behind its
 * first character: OWASP's list for CSV injection. Asked of text cells alone: -1.00 is a number.
 */
export function isFormulaLike(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first <= 0x1f || (first >= 0x7f && first <= 0x9f)) return true;
  return first === 0x3d || first === 0x2b || first === 0x2d || first === 0x40;
}
