import { writePartnerFiles } from '../../../jobs/funding/files/write-file.js';
import type { CommandModule } from '../../shell/command-module.js';
import { dayOption } from '../../shell/day-option.js';
import { printJson, printTable } from '../../shell/output.js';
import { actInBook } from '../../shell/person-option.js';
import { familyOption } from '../partner-files.js';

interface WriteFlags {
  readonly partner: string;
  readonly date: string;
  readonly family?: string;
  readonly out: string;
  readonly by?: string;
}

export const command: CommandModule<[], WriteFlags> = {
  configure(cmd) {
    cmd.requiredOption('--partner <code>').requiredOption('--date <date>');
    cmd.option('--family <name>').option('--out <folder>', undefined, '.').option('--by <name>');
  },
  async run(context, _args, { partner, date, family: named, out: folder, by }) {
    const day = dayOption('--date', date)!;
    const family = named === undefined ? undefined : familyOption(named);
    const files = await actInBook(context, { by, act: 'files' }, (client, person) =>
      writePartnerFiles(client, { partner, day, family, folder, by: person }),
    );
    if (context.json) printJson(context.stdout, { files });
    else {
      const columns = (['family', 'name', 'version', 'rows', 'total', 'outcome'] as const).map(
        (key) => ({ key, title: key }),
      );
      printTable(context.stdout, columns, files);
    }
    return undefined;
  },
};
