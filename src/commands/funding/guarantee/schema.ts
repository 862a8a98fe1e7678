import { guaranteeJsonSchema } from '../../../jobs/funding/documents/guarantee-document.js';
import { schemaCommand } from '../terms-commands.js';

export const command = schemaCommand(guaranteeJsonSchema);
