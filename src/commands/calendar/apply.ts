import { readTextFile } from '../../files/text-file.js';
import { applyCalendar } from '../../jobs/book/calendar-years.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printJson, printTable } from '../shell/output.js';

export const command: CommandModule<[string]> = {
  configure(cmd) {
    cmd.argument('<file>');
  },
  async run(context, [file]) {
    const text = await readTextFile(file);
    const years = await inBook(context, (client) => applyCalendar(client, text, file));
    if (context.json) printJson(context.stdout, { years });
    else {
      printTable(
        context.stdout,
        [
          { key: 'year', title: 'year' },
          { key: 'outcome', title: 'outcome' },
        ],
        years,
      );
    }
    noteDoneBefore(context, ...years.map(({ outcome }) => outcome));
    return undefined;
  },
};
