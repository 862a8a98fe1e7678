import { merchantJsonSchema } from '../../jobs/funding/documents/merchant-document.js';
import { schemaCommand } from '../funding/terms-commands.js';

export const command = schemaCommand(merchantJsonSchema);
