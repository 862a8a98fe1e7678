import { initKeys } from '../../jobs/parties/book-keys.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { suiteOption } from './suite-option.js';

interface Flags {
  readonly suite?: string;
  readonly by?: string;
}

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    cmd.option('--suite <suite>').option('--by <name>');
  },
  async run(context, _args, { suite: asked, by }) {
    const suite = suiteOption(asked) ?? 'aes';
    const source = keySourceOf(context);
    const actor = { by, act: 'keys' } as const;
    const made = await actInBook(context, actor, (client, person) =>
      initKeys(client, { source, suite, by: person }),
    );
    printOutcome(context, { ...made });
    noteDoneBefore(context, made.outcome);
    if (made.outcome === 'made') {
      context.note(
        'Keep the keys apart from backups of the book: without them no customer is read.',
      );
    }
    return undefined;
  },
};
