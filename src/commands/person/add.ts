import { addPerson } from '../../jobs/approvals/persons.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { machineLogin } from '../shell/person-option.js';

interface Flags {
  readonly role?: readonly string[];
  readonly login?: string;
  readonly by?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd
      .argument('<name>')
      .option('--role <role...>')
      .option('--login <login>')
      .option('--by <name>');
  },
  async run(context, [name], { role: roles = [], login, by }) {
    const job = { name, roles, login, by, machineLogin: machineLogin() };
    const added = await inBook(context, (client) => addPerson(client, job));
    printOutcome(context, { ...added });
    noteDoneBefore(context, added.outcome);
    return undefined;
  },
};
