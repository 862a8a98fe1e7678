import { EXIT, LoanbookError } from '../../errors.js';
import { cancelImport } from '../../jobs/import/cancel-import.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';

interface Options {
  readonly reason: string;
  readonly dryRun?: boolean;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<import>').requiredOption('--reason <text>').option('--dry-run');
  },
  async run(context, [number], { reason, dryRun = false }) {
    const importId = importNumber(number);
    const outcome = await inBook(context, (client) =>
      cancelImport(client, { importId, reason, dryRun }),
    );
    printOutcome(context, { ...outcome, dryRun: context.json || dryRun ? dryRun : undefined });
    return undefined;
  },
};

function importNumber(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new LoanbookError('malformed_number', 'This is not the number of an import.', {
    exitCode: EXIT.usage,
    evidence: { import: text },
    next: '`loanbook import list` shows all of them.',
  });
}
