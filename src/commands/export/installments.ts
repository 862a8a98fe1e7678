import { exportCommand } from './export-options.js';

export const command = exportCommand('installments');
