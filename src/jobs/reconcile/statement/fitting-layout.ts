import { LoanbookError } from '../../../errors.js';
import { charsetOf } from '../../../files/charset.js';
import type { LayoutDocument } from '../../../files/layout/layout-document.js';
import { layoutRows } from '../../../files/layout/layout-rows.js';
import type { ChannelDocument } from '../documents/channel-document.js';
import { STATEMENT_FIELDS, statementLayouts } from './statement-layout.js';

const IN_A_CHARSET: ReadonlySet<LayoutDocument['format']> = new Set([
  'delimited',
  'fixed',
  'ndjson',
  'mt940',
]);

/**
 * The layout of a channel that a file has: of several the first whose beginning it reads, else the
 * last. One that came with the package is read in the character set of the file.
 */
export async function fittingLayout(
  path: string,
  channel: ChannelDocument,
  minorDigits: number,
): Promise<LayoutDocument> {
  const layouts = statementLayouts(channel);
  for (const [at, { layout, packaged }] of layouts.entries()) {
    const isText = IN_A_CHARSET.has(layout.format);
    const own = packaged && isText ? { ...layout, charset: await charsetOf(path) } : layout;
    if (at === layouts.length - 1 || (await fits(path, own, minorDigits))) return own;
  }
  throw new TypeError(`channel ${channel.code} has no layout`);
}

async function fits(path: string, layout: LayoutDocument, minorDigits: number): Promise<boolean> {
  const rows = layoutRows(path, layout, { fields: STATEMENT_FIELDS, minorDigits });
  try {
    await rows.next();
    return true;
  } catch (error) {
    if (error instanceof LoanbookError) return false;
    throw error;
  } finally {
    await rows.return(undefined as never);
  }
}
