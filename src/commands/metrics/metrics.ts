import { metricsOf, writeMetrics } from '../../jobs/metrics/write-metrics.js';
import { backupPlaceOf } from '../backup/backup-store.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule<[], { readonly out?: string }> = {
  configure(cmd) {
    cmd.option('--out <folder>');
  },
  async run(context, _args, { out }) {
    const session = { applicationName: 'loanbook metrics' };
    const outside = {
      backups: () => backupPlaceOf(context),
      onUntold: (metric: string, err: unknown) =>
        context.log.warn({ metric, err }, 'a figure is left out'),
    };
    if (out === undefined) {
      context.stdout.write(await inBook(context, (client) => metricsOf(client, outside), session));
      return undefined;
    }
    const file = await inBook(context, (client) => writeMetrics(client, out, outside), session);
    printOutcome(context, { file });
    return undefined;
  },
};
