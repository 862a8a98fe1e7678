import { EXIT } from '../../../errors.js';
import { readPartnerFile } from '../../../jobs/funding/files/read-file.js';
import type { CommandModule } from '../../shell/command-module.js';
import { dayOption } from '../../shell/day-option.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { printJson, printOutcome } from '../../shell/output.js';
import { actInBook } from '../../shell/person-option.js';
import { familyOption, noteRejects } from '../partner-files.js';

interface ReadFlags {
  readonly partner: string;
  readonly family: string;
  readonly date?: string;
  readonly by?: string;
}

export const command: CommandModule<[string], ReadFlags> = {
  configure(cmd) {
    cmd.argument('<file>').requiredOption('--partner <code>').requiredOption('--family <name>');
    cmd.option('--date <date>').option('--by <name>');
  },
  async run(context, [file], { partner, family: named, date, by }) {
    const { signal } = context;
    const day = dayOption('--date', date);
    const family = familyOption(named);
    const read = await actInBook(context, { by, act: 'files' }, (client, person) =>
      readPartnerFile(client, { file, partner, family, day, by: person, signal }),
    );
    const { rejects, ...rest } = read;
    if (context.json) printJson(context.stdout, read);
    else printOutcome(context, rest);
    noteRejects(context, file, rejects);
    noteDoneBefore(context, read.outcome);
    return read.rejected > 0 ? EXIT.difference : EXIT.done;
  },
};
