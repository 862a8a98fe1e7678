import { reconcileBank } from '../jobs/reconcile/reconcile-bank.js';
import { inBook } from './book-session.js';
import type { CommandModule } from './command-module.js';
import { dayOption } from './day-option.js';
import {
  actor,
  configureReconcile,
  type ReconcileFlags,
  releaser,
  showOutcome,
} from './reconcile-options.js';
import { senderSays } from './sender-options.js';

export const command: CommandModule<[string], ReconcileFlags> = {
  configure: configureReconcile,
  async run(context, [file], flags) {
    const { channel } = flags;
    const releaseBy = releaser(flags);
    const date = dayOption('--date', flags.date);
    const { signal } = context;
    const by = actor(flags.by);
    const says = senderSays(flags);
    const outcome = await inBook(context, (client) =>
      reconcileBank(client, { file, channel, date, by, releaseBy, says, signal }),
    );
    return showOutcome(context, outcome);
  },
};
