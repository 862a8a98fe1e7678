import { listPersons } from '../../jobs/approvals/persons.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson, printTable } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const { persons, unproven, ...frame } = await inBook(context, listPersons);
    if (context.json) {
      printJson(context.stdout, { ...frame, persons, unproven });
      return undefined;
    }
    if (!frame.inUse) context.note('No person is registered: any name is taken as it is.');
    else if (frame.logins === 'shared') {
      context.note('Logins are shared: that a person acted is as it was said.');
    }
    printTable(
      context.stdout,
      [
        { key: 'name', title: 'name' },
        { key: 'roles', title: 'roles' },
        { key: 'login', title: 'login' },
        { key: 'status', title: 'status' },
        { key: 'addedBy', title: 'added by' },
        { key: 'addedAt', title: 'added at' },
      ],
      persons.map((person) => ({ ...person, roles: person.roles.join(', ') })),
    );
    if (unproven.length === 0) return undefined;
    context.stdout.write('\nmaker and checker are one person by name:\n\n');
    printTable(
      context.stdout,
      [
        { key: 'what', title: 'what' },
        { key: 'subject', title: 'subject' },
        { key: 'maker', title: 'maker' },
        { key: 'checker', title: 'checker' },
      ],
      unproven,
    );
    return undefined;
  },
};
