import { readTextFile } from '../../files/text-file.js';
import { applyChannel } from '../../jobs/reconcile/channel.js';
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
    const applied = await inBook(context, (client) => applyChannel(client, text, file));
    printOutcome(context, { ...applied });
    for (const overlap of applied.overlaps) {
      context.note(`${overlap} claim the same: give each its own orders.`);
    }
    noteDoneBefore(context, applied.outcome);
    return undefined;
  },
};
