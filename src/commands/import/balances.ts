import { importBalances } from '../../jobs/import/balances/import-balances.js';
import type { CommandModule } from '../shell/command-module.js';
import { senderSays } from '../shell/sender-options.js';
import { configureImport, type ImportFlags, runImport } from './one-file/import-options.js';

interface Flags extends ImportFlags {
  readonly delta?: boolean;
  readonly installments?: string;
  readonly installmentsMapping?: string;
  readonly installmentsLayout?: string;
  readonly installmentsRows?: string;
  readonly installmentsTotal?: string;
}

export const command: CommandModule<[string | undefined], Flags> = {
  configure(cmd) {
    configureImport(cmd);
    cmd
      .option('--delta')
      .option('--installments <file>')
      .option('--installments-mapping <file>')
      .option('--installments-layout <layout>')
      .option('--installments-rows <count>')
      .option('--installments-total <amount>');
  },
  async run(context, [file], flags) {
    const { installments, installmentsMapping, installmentsLayout, unterminated, delta } = flags;
    const { installmentsRows: rows, installmentsTotal: total } = flags;
    const installmentsSays = senderSays({ rows, total, unterminated });
    await runImport(context, 'balances', file, flags, (client, options) =>
      importBalances(client, {
        ...{ ...options, delta },
        ...{ installments, installmentsMapping, installmentsLayout, installmentsSays },
      }),
    );
    return undefined;
  },
};
