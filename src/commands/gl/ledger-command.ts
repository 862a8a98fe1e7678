import { readTextFile } from '../../files/text-file.js';
import { applyLedger } from '../../jobs/book/apply-dated.js';
import type { LedgerPart } from '../../jobs/book/documents/ledger-part.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';

/** `ledger apply`, and the same for a document that may hold one part of the ledger alone. */
export function ledgerCommand(
  part?: LedgerPart,
): CommandModule<[string], { readonly dryRun?: boolean }> {
  return {
    configure(cmd) {
      cmd.argument('<file>').option('--dry-run');
    },
    async run(context, [file], { dryRun = false }) {
      const text = await readTextFile(file);
      const applied = await inBook(context, (client) =>
        applyLedger(client, text, file, { part, dryRun }),
      );
      printOutcome(context, { ...applied });
      noteDoneBefore(context, applied.outcome);
      return undefined;
    },
  };
}
