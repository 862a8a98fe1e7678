import { partnerLayoutJsonSchema } from '../../../jobs/funding/documents/partner-layout.js';
import { schemaCommand } from '../terms-commands.js';

export const command = schemaCommand(partnerLayoutJsonSchema);
