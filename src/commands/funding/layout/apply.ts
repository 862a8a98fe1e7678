import { applyCommand } from '../terms-commands.js';

export const command = applyCommand('layout');
