import { readTextFile } from '../../files/text-file.js';
import { applyLedger } from '../../jobs/book/apply-dated.js';
import type { LedgerPart } from '../../jobs/book/documents/ledger-part.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook, noteWaiting } from '../shell/person-option.js';

/** `ledger apply`, and the same for a document that may hold one part of the ledger alone. */
export function ledgerCommand(
  part?: LedgerPart,
): CommandModule<[string], { readonly dryRun?: boolean; readonly by?: string }> {
  return {
    configure(cmd) {
      cmd.argument('<file>').option('--dry-run').option('--by <name>');
    },
    async run(context, [file], { dryRun = false, by }) {
      const text = await readTextFile(file);
      const actor = { by, act: 'ledger', isNamed: false } as const;
      const applied = await actInBook(context, actor, (client, person) =>
        applyLedger(client, text, file, { part, dryRun, by: person }),
      );
      printOutcome(context, { ...applied });
      noteDoneBefore(context, applied.outcome);
      noteWaiting(context, applied.approval);
      return undefined;
    },
  };
}
