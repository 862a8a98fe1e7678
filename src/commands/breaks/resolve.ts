import { resolveBreak } from '../../jobs/reconcile/resolve-break.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printOutcome } from '../shell/output.js';
import { actInBook, noteWaiting } from '../shell/person-option.js';

interface Flags {
  readonly as: string;
  readonly reason: string;
  readonly by?: string;
  readonly checker?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd
      .argument('<break>')
      .requiredOption('--as <resolution>')
      .requiredOption('--reason <text>')
      .option('--by <name>')
      .option('--checker <name>');
  },
  async run(context, [text], { as, reason, by, checker }) {
    const id = idArgument(ID.break, text);
    const actor = { by, act: 'break_resolve' } as const;
    const resolved = await actInBook(context, actor, (client, person) =>
      resolveBreak(client, id, { as, reason, by: person, checker }),
    );
    printOutcome(context, { break: id, resolution: as, ...resolved });
    noteDoneBefore(context, resolved.outcome);
    noteWaiting(context, resolved.approval);
    return undefined;
  },
};
