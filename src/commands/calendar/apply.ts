import { readTextFile } from '../../files/text-file.js';
import { applyCalendar } from '../../jobs/book/calendar-years.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printJson, printTable } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

export const command: CommandModule<[string], { by?: string }> = {
  configure(cmd) {
    cmd.argument('<file>').option('--by <name>');
  },
  async run(context, [file], { by }) {
    const text = await readTextFile(file);
    const actor = { by, act: 'calendar', isNamed: false } as const;
    const years = await actInBook(context, actor, (client) => applyCalendar(client, text, file));
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
