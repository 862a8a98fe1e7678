import { SIGNAL_ROLE } from '../../db/bootstrap.js';
import { withClient } from '../../db/connect.js';
import { migrate, pendingMigrations } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { countLostCash } from '../../jobs/reconcile/breaks.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule<[], { dryRun?: boolean }> = {
  configure(cmd) {
    cmd.option('--dry-run');
  },
  async run(context, _args, options) {
    const target = await resolveTarget(context.bookFolder, context.env);
    if (options.dryRun) {
      const { version, latest, pending } = await pendingMigrations(target);
      printOutcome(context, { version, latest, pending });
      return;
    }
    const { applied, version, endsSessions } = await migrate(target);
    const listsLost = applied.some((name) => name.includes('refund_due'));
    const lost = listsLost ? await withClient(target, {}, countLostCash) : 0;
    printOutcome(context, { version, applied, ...(lost > 0 ? { cash_breaks: lost } : {}) });
    if (!endsSessions) {
      context.note(
        `Where several logins run jobs, an administrator may GRANT ${SIGNAL_ROLE} TO ` +
          'loanbook_owner: one login then takes over at once what another one left standing.',
      );
    }
  },
};
