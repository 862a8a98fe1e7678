import { tableOf } from '../../files/report.js';
import { listFiles, listSent } from '../../jobs/files/list-files.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Flags extends ReportFlags {
  readonly state?: string;
  readonly rule?: string;
  readonly date?: string;
  readonly all?: boolean;
  readonly sent?: boolean;
}

const COLUMNS = {
  number: 'count',
  name: 'text',
  state: 'text',
  since: 'time',
  rule: 'text',
  date: 'date',
  late: 'text',
  reason: 'text',
  of: 'text',
  size: 'count',
  endedBy: ['text', 'ended by'],
} as const;
const SENT = {
  number: 'count',
  name: 'text',
  state: 'text',
  date: 'date',
  size: 'count',
  sha256: 'text',
  corrects: 'text',
  releasedAt: ['time', 'released at'],
} as const;

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    cmd
      .option('--state <state>')
      .option('--rule <rule>')
      .option('--date <date>')
      .option('--all')
      .option('--sent');
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    dayOption('--date', flags.date);
    const { state, rule, date, all: isAll, sent: isSent } = flags;
    if (isSent) {
      const files = await inBook(context, listSent);
      const report = { head: {}, tables: [tableOf('sent', SENT, files)] };
      await putReport(context, report, way, { document: { sent: files } });
      return undefined;
    }
    const files = await inBook(context, (client) =>
      listFiles(client, { state, rule, date, isAll }),
    );
    const rows = files.map(({ late, ...file }) => ({ ...file, late: late ? 'late' : '' }));
    const report = { head: {}, tables: [tableOf('files', COLUMNS, rows)] };
    await putReport(context, report, way, { document: { files } });
    return undefined;
  },
};
