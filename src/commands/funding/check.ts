import { EXIT } from '../../errors.js';
import { checkSnapshot } from '../../jobs/funding/check/check-snapshot.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printJson, printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { noteRejects } from './partner-files.js';

interface CheckFlags {
  readonly partner: string;
  readonly date: string;
  readonly by?: string;
}

export const command: CommandModule<[string], CheckFlags> = {
  configure(cmd) {
    cmd.argument('<file>').requiredOption('--partner <code>').requiredOption('--date <date>');
    cmd.option('--by <name>');
  },
  async run(context, [file], { partner, date, by }) {
    const { signal } = context;
    const day = dayOption('--date', date)!;
    const checked = await actInBook(context, { by, act: 'statement' }, (client, person) =>
      checkSnapshot(client, { file, partner, day, by: person, signal }),
    );
    const { rejects, breaks, tolerated, ...rest } = checked;
    if (context.json) printJson(context.stdout, checked);
    else {
      const counts = Object.entries(breaks).map(([type, count]) => `${type} ${count}`);
      const sums = Object.entries(tolerated).map(([component, sum]) => `${component} ${sum}`);
      printOutcome(context, { ...rest, breaks: counts, tolerated: sums });
    }
    noteRejects(context, file, rejects);
    noteDoneBefore(context, checked.outcome);
    if (checked.open > 0) context.note('`loanbook breaks list` shows the open breaks.');
    return checked.open > 0 || checked.rejected > 0 ? EXIT.difference : EXIT.done;
  },
};
