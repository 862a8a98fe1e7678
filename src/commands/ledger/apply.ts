import { ledgerCommand } from '../gl/ledger-command.js';

export const command = ledgerCommand();
