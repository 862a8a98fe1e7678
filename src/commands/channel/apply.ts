import { readTextFile } from '../../files/text-file.js';
import { paymentFields } from '../../jobs/funding/documents/payment-fields.js';
import { applyChannel } from '../../jobs/reconcile/channel.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<file>').option('--by <name>');
  },
  async run(context, [file], { by }) {
    const text = await readTextFile(file);
    const actor = { by, act: 'channel', isNamed: false } as const;
    const applied = await actInBook(context, actor, (client) =>
      applyChannel(client, text, file, paymentFields),
    );
    printOutcome(context, { ...applied });
    for (const overlap of applied.overlaps) {
      context.note(`${overlap} claim the same: give each its own orders.`);
    }
    noteDoneBefore(context, applied.outcome);
    return undefined;
  },
};
