import { basename, extname } from 'node:path';
import { readDocumentText } from '../../documents/read-text.js';
import { invalidDocument } from '../../documents/violations.js';
import { layoutOf } from '../../files/layout/layout-document.js';
import type { KeysBeside } from '../reconcile/documents/channel-document.js';
import { layoutOfChannel } from './channel-layout.js';
import { layoutOfMapping } from './mapping-layout.js';
import { layoutOfVouchers } from './voucher-layout-keys.js';

/** What a document was that became a layout. */
export type MigratedFrom = 'mapping' | 'channel' | 'vouchers' | 'layout';

export interface MigratedLayout {
  readonly from: MigratedFrom;
  /** As a layout is written. */
  readonly layout: Readonly<Record<string, unknown>>;
}

/**
 * The layout that says the same of a file as a column mapping, a channel's `file` and `columns`, or
 * a layout of vouchers. Throws LoanbookError `invalid_document` for a document that is none of
 * them, or is not valid itself. `beside`: keys of a channel that say nothing of its files.
 */
export function migratedLayout(
  text: string,
  source: string,
  beside: KeysBeside = {},
): MigratedLayout {
  const document = readDocumentText(text, source);
  const keys = typeof document === 'object' && document !== null ? Object.keys(document) : [];
  const columns = keys.includes('columns') ? Reflect.get(document as object, 'columns') : undefined;
  const name = basename(source, extname(source));
  const made = ((): MigratedLayout => {
    if (keys.includes('code')) {
      return { from: 'channel', layout: layoutOfChannel(text, source, beside) };
    }
    if (!Array.isArray(columns)) {
      if (keys.includes('kind') && columns !== undefined) {
        return { from: 'mapping', layout: { layout: name, ...layoutOfMapping(text, source) } };
      }
      throw refused(source);
    }
    const isOfVouchers = columns.some((column) => Object.keys(column ?? {}).includes('field'));
    if (isOfVouchers) return { from: 'vouchers', layout: layoutOfVouchers(text, source) };
    return { from: 'layout', layout: document as Readonly<Record<string, unknown>> };
  })();
  layoutOf(made.layout, source);
  return made;
}

function refused(source: string): Error {
  const rule = 'must be a column mapping, a channel, or a layout of vouchers';
  return invalidDocument({ name: source }, [{ path: '', rule }]);
}
