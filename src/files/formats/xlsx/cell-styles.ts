import { builtInForm, type DateForm, formOfCode } from './serial-date.js';
import type { WorkbookParts } from './workbook-parts.js';

const CUSTOM_FROM = 164;

/** What the number format of each cell style shows, by the style's number. */
export async function dateForms(
  parts: WorkbookParts,
  part: string | undefined,
): Promise<readonly (DateForm | undefined)[]> {
  const forms: (DateForm | undefined)[] = [];
  if (part === undefined) return forms;
  const custom = new Map<number, DateForm | undefined>();
  let isCellStyle = false;
  await parts.readWhole(part, {
    open: (name, { numFmtId = '0', formatCode = '' }) => {
      const id = Number(numFmtId);
      if (name === 'numFmt') custom.set(id, formOfCode(formatCode));
      else if (name === 'cellXfs') isCellStyle = true;
      else if (name === 'xf' && isCellStyle) forms.push(formOf(id));
    },
    close: (name) => {
      if (name === 'cellXfs') isCellStyle = false;
    },
  });
  // Some writers give a built-in number to a format of their own.
  function formOf(id: number): DateForm | undefined {
    return id >= CUSTOM_FROM || custom.has(id) ? custom.get(id) : builtInForm(id);
  }
  return forms;
}
