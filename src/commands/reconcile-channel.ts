import { EXIT, LoanbookError } from '../errors.js';
import { reconcileChannel } from '../jobs/reconcile/reconcile-channel.js';
import { inBook } from './book-session.js';
import type { CommandModule } from './command-module.js';
import { dayOption } from './day-option.js';
import {
  actor,
  configureReconcile,
  type ReconcileFlags,
  showOutcome,
} from './reconcile-options.js';

interface Flags extends ReconcileFlags {
  readonly matchOnly?: boolean;
  readonly release?: boolean;
  readonly releaseBy?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    configureReconcile(cmd);
    cmd.option('--match-only').option('--release').option('--release-by <name>');
  },
  async run(context, [file], flags) {
    const { channel, matchOnly, release, releaseBy } = flags;
    if ((release === true) !== (releaseBy !== undefined)) {
      throw new LoanbookError('release_needs_a_name', 'A release says who releases.', {
        exitCode: EXIT.usage,
        evidence: { release: release === true, releaseBy },
        next: 'Say --release --release-by NAME, another one than --by.',
      });
    }
    const date = dayOption('--date', flags.date);
    const { signal } = context;
    const by = actor(flags.by);
    const outcome = await inBook(context, (client) =>
      reconcileChannel(client, { file, channel, date, by, matchOnly, releaseBy, signal }),
    );
    return showOutcome(context, outcome);
  },
};
