import { importLoans } from '../jobs/import/import-loans.js';
import type { CommandModule } from './command-module.js';
import { configureImport, type ImportFlags, runImport } from './import-options.js';

interface Flags extends ImportFlags {
  readonly schedules?: string;
  readonly schedulesMapping?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    configureImport(cmd);
    cmd.option('--schedules <file>').option('--schedules-mapping <file>');
  },
  async run(context, [file], flags) {
    const { schedules, schedulesMapping } = flags;
    await runImport(context, 'loans', file, flags, (client, options) =>
      importLoans(client, { ...options, schedules, schedulesMapping }),
    );
    return undefined;
  },
};
