import { rotateKeys } from '../../jobs/parties/rotate-keys.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import type { Progress } from '../shell/progress.js';
import { suiteOption } from './suite-option.js';

interface Flags {
  readonly suite?: string;
  readonly dryRun?: boolean;
  readonly by?: string;
}

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    cmd.option('--suite <suite>').option('--dry-run').option('--by <name>');
  },
  async run(context, _args, { suite: asked, dryRun, by }) {
    const suite = suiteOption(asked);
    const source = keySourceOf(context);
    const bar = barOf(context);
    const actor = { by, act: 'keys' } as const;
    const done = await actInBook(context, actor, (client, person) =>
      rotateKeys(client, {
        ...{ source, suite, dryRun, by: person },
        ...{ signal: context.signal, onProgress: bar.onProgress },
      }),
    ).finally(bar.finish);
    printOutcome(context, { ...done });
    if (done.dryRun) return undefined;
    if (done.key === 'made') context.note('Keep a copy of the new key, apart from the backups.');
    if (done.left > 0) context.note('Customers came in meanwhile: run it again.');
    return undefined;
  },
};

function barOf(context: CommandContext) {
  let bar: Progress | undefined;
  let shown = 0;
  return {
    onProgress(done: number, total: number) {
      bar ??= context.progress({ label: 'keys rotate', total, unit: 'parties' });
      bar.advance(done - shown);
      shown = done;
    },
    finish: () => bar?.finish(),
  };
}
