import { partnerJsonSchema } from '../../jobs/funding/documents/partner-document.js';
import { schemaCommand } from '../funding/terms-commands.js';

export const command = schemaCommand(partnerJsonSchema);
