import { showFundingPlan } from '../../../jobs/funding/funding-plans.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { countOption } from '../../shell/count-option.js';
import { printDocument } from '../../shell/print-document.js';

interface Options {
  readonly planVersion?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<code>').option('--plan-version <number>');
  },
  async run(context, [code], options) {
    const version = countOption('--plan-version', options.planVersion, 1, 999_999_999);
    const plan = await inBook(context, (client) => showFundingPlan(client, code, version));
    printDocument(context, plan);
    return undefined;
  },
};
