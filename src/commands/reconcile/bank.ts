import { reconcileBank } from '../../jobs/reconcile/reconcile-bank.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { personOption } from '../shell/person-option.js';
import { senderSays } from '../shell/sender-options.js';
import { waitsOf } from '../shell/wait-option.js';
import {
  configureReconcile,
  type ReconcileFlags,
  releaser,
  showOutcome,
} from './reconcile-options.js';

export const command: CommandModule<[string], ReconcileFlags> = {
  configure: configureReconcile,
  async run(context, [file], flags) {
    const { channel } = flags;
    const releaseBy = releaser(flags);
    const date = dayOption('--date', flags.date);
    const { signal } = context;
    const by = personOption(flags.by);
    const says = senderSays(flags);
    const waits = waitsOf(context, flags);
    const outcome = await inBook(context, (client) =>
      reconcileBank(client, { file, channel, date, by, releaseBy, says, waits, signal }),
    );
    return showOutcome(context, outcome);
  },
};
