import { readTextFile } from '../files/text-file.js';
import { applyImpairment } from '../jobs/impairment/impairment-parameters.js';
import { inBook } from './book-session.js';
import type { CommandModule } from './command-module.js';
import { noteDoneBefore } from './done-before.js';
import { printOutcome } from './output.js';

export const command: CommandModule<[string]> = {
  configure(cmd) {
    cmd.argument('<file>');
  },
  async run(context, [file]) {
    const text = await readTextFile(file);
    const applied = await inBook(context, (client) => applyImpairment(client, text, file));
    printOutcome(context, { ...applied });
    noteDoneBefore(context, applied.outcome);
    return undefined;
  },
};
