import { showCommand } from '../terms-commands.js';

export const command = showCommand('layout');
