import { readTextFile } from '../../files/text-file.js';
import { applyPolicy } from '../../jobs/book/apply-dated.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule<[string]> = {
  configure(cmd) {
    cmd.argument('<file>');
  },
  async run(context, [file]) {
    const text = await readTextFile(file);
    const applied = await inBook(context, (client) => applyPolicy(client, text, file));
    printOutcome(context, { ...applied });
    noteDoneBefore(context, applied.outcome);
    return undefined;
  },
};
