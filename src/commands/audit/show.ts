import { tableOf } from '../../files/report.js';
import { listAudit } from '../../jobs/approvals/audit.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { limitOption } from '../shell/count-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS = {
  number: 'count',
  at: 'time',
  person: 'text',
  login: 'text',
  logins: 'text',
  action: 'text',
  subject: 'text',
  reason: 'text',
  before: 'text',
  after: 'text',
  hash: 'hash',
} as const;

interface Flags extends ReportFlags {
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
    configureReport(cmd);
  },
  async run(context, _args, { limit: count, ...flags }) {
    const way = wayOut(context, flags);
    const { action, subject, person } = flags;
    const filter = { action, subject, person, limit: limitOption(count) };
    const rows = await inBook(context, (client) => listAudit(client, filter));
    const state = (value: unknown) => (value === null ? '' : JSON.stringify(value));
    const lines = rows.map((row) => ({
      ...row,
      before: state(row.before),
      after: state(row.after),
    }));
    const report = { head: {}, tables: [tableOf('rows', COLUMNS, lines)] };
    await putReport(context, report, way, { document: { rows } });
    return undefined;
  },
};
