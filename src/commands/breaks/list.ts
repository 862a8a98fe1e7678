import { EXIT } from '../../errors.js';
import { type Break, listBreaks } from '../../jobs/reconcile/breaks.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { type Column, printJson, printTable } from '../shell/output.js';

const COLUMNS: readonly Column<Break>[] = [
  { key: 'id', title: 'break', align: 'right' },
  { key: 'code', title: 'channel' },
  { key: 'since', title: 'since' },
  { key: 'ageDays', title: 'age', align: 'right' },
  { key: 'type', title: 'type' },
  { key: 'typeZh', title: '类型' },
  { key: 'orderNo', title: 'order' },
  { key: 'theirAmount', title: 'theirs', align: 'right' },
  { key: 'ourAmount', title: 'ours', align: 'right' },
  { key: 'difference', title: 'difference', align: 'right' },
  { key: 'state', title: 'state' },
  { key: 'assignee', title: 'assignee' },
];

export const command: CommandModule<[], { channel?: string; type?: string; all?: boolean }> = {
  configure(cmd) {
    cmd.option('--channel <code>').option('--type <type>').option('--all');
  },
  async run(context, _args, { channel: code, type, all: isAll }) {
    const breaks = await inBook(context, (client) => listBreaks(client, { code, type, isAll }));
    if (context.json) printJson(context.stdout, breaks);
    else printTable(context.stdout, COLUMNS, breaks);
    return breaks.some(({ state }) => state === 'open') ? EXIT.difference : EXIT.done;
  },
};
