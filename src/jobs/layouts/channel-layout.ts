import type { LedgerRoles } from '../book/documents/ledger-roles.js';
import { type KeysBeside, parseChannelDocument } from '../reconcile/documents/channel-document.js';
import { layoutKeysOf } from '../reconcile/statement/statement-layout.js';

/** Accounts that a channel does not name are the ledger's; of its files they say nothing. */
const ROLES = Object.fromEntries(
  ['clearing', 'bank', 'channel_fee', 'unidentified', 'tail'].map((role) => [role, role]),
) as LedgerRoles;

/** The keys of a layout for the files of a channel. Throws LoanbookError `invalid_document`. */
export function layoutOfChannel(
  text: string,
  source: string,
  beside: KeysBeside,
): Record<string, unknown> {
  const channel = parseChannelDocument(text, source, ROLES, beside);
  const { control } = channel.file;
  const unterminated = channel.unterminated ?? channel.file.unterminated;
  const { columns, ...keys } = layoutKeysOf(channel);
  return {
    ...keys,
    ...(control !== undefined && { control }),
    ...(unterminated !== undefined && { unterminated }),
    columns,
  };
}
