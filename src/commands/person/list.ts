import { tableOf } from '../../files/report.js';
import { listPersons, type UnprovenPair } from '../../jobs/approvals/persons.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS = {
  name: 'text',
  roles: 'text',
  login: 'text',
  status: 'text',
  addedBy: ['text', 'added by'],
  addedAt: ['time', 'added at'],
} as const;
const PAIR = { what: 'text', subject: 'text', maker: 'text', checker: 'text' } as const;

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const document = await inBook(context, listPersons);
    const { persons, unproven, inUse, logins } = document;
    if (!inUse) context.note('No person is registered: any name is taken as it is.');
    else if (logins === 'shared') {
      context.note('Logins are shared: that a person acted is as it was said.');
    }
    const rows = persons.map((person) => ({ ...person, roles: person.roles.join(', ') }));
    const pairs = tableOf<UnprovenPair>('unproven', PAIR, unproven, {
      title: 'maker and checker are one person by name',
      screen: { isOptional: true },
    });
    const report = { head: {}, tables: [tableOf('persons', COLUMNS, rows), pairs] };
    await putReport(context, report, way, { document });
    return undefined;
  },
};
