import { EXIT } from '../../errors.js';
import { type Columns, tableOf } from '../../files/report.js';
import { type Break, listBreaks } from '../../jobs/reconcile/breaks.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS: Columns<Break> = {
  id: ['count', 'break'],
  code: ['text', 'channel'],
  since: 'date',
  ageDays: ['count', 'age'],
  type: 'text',
  typeZh: ['text', '类型'],
  orderNo: ['text', 'order'],
  theirAmount: ['amount', 'theirs'],
  ourAmount: ['amount', 'ours'],
  difference: 'amount',
  state: 'text',
  assignee: 'text',
};

interface Options extends ReportFlags {
  readonly channel?: string;
  readonly type?: string;
  readonly all?: boolean;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    configureReport(cmd.option('--channel <code>').option('--type <type>').option('--all'));
  },
  async run(context, _args, { channel: code, type, all: isAll, ...flags }) {
    const way = wayOut(context, flags);
    const breaks = await inBook(context, (client) => listBreaks(client, { code, type, isAll }));
    const report = { head: {}, tables: [tableOf('breaks', COLUMNS, breaks)] };
    await putReport(context, report, way, { document: breaks });
    return breaks.some(({ state }) => state === 'open') ? EXIT.difference : EXIT.done;
  },
};
