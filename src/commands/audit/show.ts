import { listAudit } from '../../jobs/approvals/audit.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { limitOption } from '../shell/count-option.js';
import { printJson, printTable } from '../shell/output.js';

/** A line of a table is no place for a whole state: --json has all of it. */
const CHARS_MAX = 80;
const shortened = (text: string) =>
  text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX - 1)}…` : text;

interface Flags {
  readonly action?: string;
  readonly subject?: string;
  readonly person?: string;
  readonly limit?: string;
}

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    cmd
      .option('--action <words>')
      .option('--subject <text>')
      .option('--person <name>')
      .option('--limit <count>');
  },
  async run(context, _args, { limit: count, ...filter }) {
    const limit = limitOption(count);
    const rows = await inBook(context, (client) => listAudit(client, { ...filter, limit }));
    if (context.json) {
      printJson(context.stdout, { rows });
      return undefined;
    }
    const json = (value: unknown) => shortened(value === null ? '' : JSON.stringify(value));
    printTable(
      context.stdout,
      [
        { key: 'number', title: 'number', align: 'right' },
        { key: 'at', title: 'at' },
        { key: 'person', title: 'person' },
        { key: 'login', title: 'login' },
        { key: 'logins', title: 'logins' },
        { key: 'action', title: 'action' },
        { key: 'subject', title: 'subject' },
        { key: 'reason', title: 'reason' },
        { key: 'before', title: 'before' },
        { key: 'after', title: 'after' },
      ],
      rows.map((row) => ({ ...row, before: json(row.before), after: json(row.after) })),
    );
    return undefined;
  },
};
