import { applyCommand } from '../funding/terms-commands.js';

export const command = applyCommand('partner');
