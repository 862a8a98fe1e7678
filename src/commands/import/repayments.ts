import { importRepayments } from '../../jobs/import/import-repayments.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureImport, type ImportFlags, runImport } from './one-file/import-options.js';

export const command: CommandModule<[string | undefined], ImportFlags> = {
  configure: configureImport,
  async run(context, [file], flags) {
    await runImport(context, 'repayments', file, flags, importRepayments);
    return undefined;
  },
};
