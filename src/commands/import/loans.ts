import { importLoans } from '../../jobs/import/import-loans.js';
import type { CommandModule } from '../shell/command-module.js';
import { senderSays } from '../shell/sender-options.js';
import { configureImport, type ImportFlags, runImport } from './one-file/import-options.js';

interface Flags extends ImportFlags {
  readonly delta?: boolean;
  readonly schedules?: string;
  readonly schedulesMapping?: string;
  readonly schedulesLayout?: string;
  readonly schedulesRows?: string;
  readonly schedulesTotal?: string;
}

export const command: CommandModule<[string | undefined], Flags> = {
  configure(cmd) {
    configureImport(cmd);
    cmd
      .option('--delta')
      .option('--schedules <file>')
      .option('--schedules-mapping <file>')
      .option('--schedules-layout <layout>')
      .option('--schedules-rows <count>')
      .option('--schedules-total <amount>');
  },
  async run(context, [file], flags) {
    const { schedules, schedulesMapping, schedulesLayout, unterminated, delta } = flags;
    const { schedulesRows: rows, schedulesTotal: total } = flags;
    const schedulesSays = senderSays({ rows, total, unterminated });
    await runImport(context, 'loans', file, flags, (client, options) =>
      importLoans(client, {
        ...{ ...options, delta },
        ...{ schedules, schedulesMapping, schedulesLayout, schedulesSays },
      }),
    );
    return undefined;
  },
};
