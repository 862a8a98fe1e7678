import type { Command } from 'commander';
import { EXIT, type ExitCode, LoanbookError } from '../../errors.js';
import type { Approvable } from '../../jobs/approvals/approval.js';
import type { Outcome } from '../../jobs/reconcile/reconcile-outcome.js';
import { type NamedLayout, namedLayout } from '../../jobs/reconcile/statement/named-layout.js';
import type { CommandContext } from '../shell/context.js';
import { printJson, printOutcome } from '../shell/output.js';
import { noteWaiting } from '../shell/person-option.js';
import { configureSender, type SenderFlags } from '../shell/sender-options.js';
import { configureWait } from '../shell/wait-option.js';

/** Options that both reconciliations take. */
export interface ReconcileFlags extends SenderFlags {
  readonly channel?: string;
  readonly date?: string;
  readonly layout?: string;
  readonly matchOnly?: boolean;
  readonly by?: string;
  readonly release?: boolean;
  readonly releaseBy?: string;
  readonly wait?: string;
}

export function configureReconcile(cmd: Command): void {
  cmd
    .argument('<file>')
    .option('--channel <code>')
    .option('--date <date>')
    .option('--layout <name>')
    .option('--match-only')
    .option('--by <name>')
    .option('--release')
    .option('--release-by <name>');
  configureSender(cmd);
  configureWait(cmd);
}

/** The layout that a command names, in its folder or of the package. */
export async function layoutOption({ layout }: ReconcileFlags): Promise<NamedLayout | undefined> {
  return layout === undefined ? undefined : namedLayout(layout, '.');
}

/** Who releases a statement, if anybody does. Throws LoanbookError `release_needs_a_name` (2). */
export function releaser({ release, releaseBy }: ReconcileFlags): string | undefined {
  if ((release === true) === (releaseBy !== undefined)) return releaseBy;
  throw new LoanbookError('release_needs_a_name', 'A release says who releases.', {
    exitCode: EXIT.usage,
    evidence: { release: release === true, releaseBy },
    next: 'Say --release --release-by NAME, another one than --by.',
  });
}

/** Prints what was found; exit 3 while breaks of the channel are open. */
export function showOutcome(context: CommandContext, outcome: Approvable<Outcome>): ExitCode {
  if (outcome.approval !== undefined) {
    const { code, status, approval } = outcome;
    printOutcome(context, { code, status, approval, outcome: outcome.outcome });
    noteWaiting(context, approval);
    return EXIT.done;
  }
  if (context.json) printJson(context.stdout, outcome);
  else {
    const { breaks, open, overlaps, ...rest } = outcome;
    // Types of breaks are no fields: one of them is called `amount` too.
    const counts = Object.entries(breaks).map(([type, count]) => `${type} ${count}`);
    const claimed = overlaps.length === 0 ? {} : { overlaps };
    printOutcome(context, { ...rest, breaks: counts, open, ...claimed });
  }
  for (const overlap of outcome.overlaps) {
    context.note(`${overlap} claim the same: give each its own orders.`);
  }
  if (outcome.open > 0) context.note('`loanbook breaks list` shows the open breaks.');
  return outcome.open > 0 ? EXIT.difference : EXIT.done;
}
