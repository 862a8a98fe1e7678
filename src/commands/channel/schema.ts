import { paymentFields } from '../../jobs/funding/documents/payment-fields.js';
import { channelJsonSchema } from '../../jobs/reconcile/documents/channel-document.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    printJson(context.stdout, channelJsonSchema(paymentFields()));
    return undefined;
  },
};
