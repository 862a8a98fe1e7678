import { reconcileBank } from '../../jobs/reconcile/reconcile-bank.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { actInBook } from '../shell/person-option.js';
import { senderSays } from '../shell/sender-options.js';
import { waitsOf } from '../shell/wait-option.js';
import {
  configureReconcile,
  layoutOption,
  type ReconcileFlags,
  releaser,
  showOutcome,
} from './reconcile-options.js';

export const command: CommandModule<[string], ReconcileFlags> = {
  configure: configureReconcile,
  async run(context, [file], flags) {
    const { channel, matchOnly } = flags;
    const releaseBy = releaser(flags);
    const date = dayOption('--date', flags.date);
    const { signal } = context;
    const layout = await layoutOption(flags);
    const says = senderSays(flags);
    const waits = waitsOf(context, flags);
    const taking = { layout, matchOnly, releaseBy, says, waits, signal };
    const actor = { by: flags.by, act: 'statement' } as const;
    const outcome = await actInBook(context, actor, (client, by) =>
      reconcileBank(client, { file, channel, date, by, ...taking }),
    );
    return showOutcome(context, outcome);
  },
};
