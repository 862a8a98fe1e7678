import { noBook } from '../../jobs/book/open-day.js';
import { listPolicies } from '../../jobs/book/policy-queries.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson } from '../shell/output.js';
import { printDocument } from '../shell/print-document.js';

interface Options {
  readonly all?: boolean;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd.option('--all');
  },
  async run(context, _args, options) {
    const policies = await inBook(context, listPolicies);
    if (policies.length === 0) throw noBook();
    if (options.all && context.json) printJson(context.stdout, { policies });
    else if (options.all) printDocument(context, ...policies);
    else printDocument(context, ...policies.filter((policy) => policy.inForce));
    return undefined;
  },
};
