import { showCommand } from '../funding/terms-commands.js';

export const command = showCommand('partner');
