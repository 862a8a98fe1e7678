import { ledgerCommand } from '../ledger-command.js';

export const command = ledgerCommand('chart');
