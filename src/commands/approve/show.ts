import { showApproval } from '../../jobs/approvals/approval.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printJson, printRecord } from '../shell/output.js';

export const command: CommandModule<[string]> = {
  configure(cmd) {
    cmd.argument('<number>');
  },
  async run(context, [text]) {
    const number = idArgument(ID.approval, text);
    const shown = await inBook(context, (client) => showApproval(client, number));
    if (context.json) {
      printJson(context.stdout, shown);
      return undefined;
    }
    const { payload, ...head } = shown;
    printRecord(context.stdout, head);
    for (const [key, value] of Object.entries(payload)) {
      const said = typeof value === 'string' ? value : JSON.stringify(value);
      context.stdout.write(said.includes('\n') ? `${key}:\n${said}\n` : `${key}: ${said}\n`);
    }
    return undefined;
  },
};
