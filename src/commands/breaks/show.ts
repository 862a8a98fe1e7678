import { showBreak } from '../../jobs/reconcile/breaks.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printJson, printRecord, printTable } from '../shell/output.js';

export const command: CommandModule<[string]> = {
  configure(cmd) {
    cmd.argument('<break>');
  },
  async run(context, [text]) {
    const shown = await inBook(context, (client) => showBreak(client, idArgument(ID.break, text)));
    if (context.json) {
      printJson(context.stdout, shown);
      return undefined;
    }
    const { actions, ...found } = shown;
    printRecord(context.stdout, { ...found });
    if (actions.length === 0) return undefined;
    context.stdout.write('\n');
    printTable(
      context.stdout,
      [
        { key: 'at', title: 'at' },
        { key: 'action', title: 'action' },
        { key: 'byWhom', title: 'by' },
        { key: 'checker', title: 'checker' },
        { key: 'note', title: 'note' },
      ],
      actions,
    );
    return undefined;
  },
};
