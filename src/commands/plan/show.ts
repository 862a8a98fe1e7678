import { showPlan } from '../../jobs/plan/plans.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { printDocument } from '../shell/print-document.js';

interface Options {
  readonly planVersion?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<plan>').option('--plan-version <number>');
  },
  async run(context, [name], options) {
    const version = countOption('--plan-version', options.planVersion, 1, 999_999_999);
    printDocument(context, await inBook(context, (client) => showPlan(client, name, version)));
    return undefined;
  },
};
