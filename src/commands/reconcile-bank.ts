import { reconcileBank } from '../jobs/reconcile/reconcile-bank.js';
import { inBook } from './book-session.js';
import type { CommandModule } from './command-module.js';
import { dayOption } from './day-option.js';
import {
  actor,
  configureReconcile,
  type ReconcileFlags,
  showOutcome,
} from './reconcile-options.js';

export const command: CommandModule<[string], ReconcileFlags> = {
  configure: configureReconcile,
  async run(context, [file], { channel, date: day, by }) {
    const date = dayOption('--date', day);
    const { signal } = context;
    const outcome = await inBook(context, (client) =>
      reconcileBank(client, { file, channel, date, by: actor(by), signal }),
    );
    return showOutcome(context, outcome);
  },
};
