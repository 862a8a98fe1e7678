import { metricsOf, writeMetrics } from '../../jobs/metrics/write-metrics.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';

export const command: CommandModule<[], { readonly out?: string }> = {
  configure(cmd) {
    cmd.option('--out <folder>');
  },
  async run(context, _args, { out }) {
    const session = { applicationName: 'loanbook metrics' };
    if (out === undefined) {
      context.stdout.write(await inBook(context, metricsOf, session));
      return undefined;
    }
    const file = await inBook(context, (client) => writeMetrics(client, out), session);
    printOutcome(context, { file });
    return undefined;
  },
};
