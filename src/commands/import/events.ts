import { importEvents } from '../../jobs/import/import-events.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureImport, type ImportFlags, runImport } from './one-file/import-options.js';

export const command: CommandModule<[string | undefined], ImportFlags> = {
  configure: configureImport,
  async run(context, [file], flags) {
    await runImport(context, 'events', file, flags, importEvents);
    return undefined;
  },
};
