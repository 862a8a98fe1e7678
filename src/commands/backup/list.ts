import { type Columns, tableOf } from '../../files/report.js';
import type { BackupLine } from '../../jobs/backup/store.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';
import { knownBackups } from './known-backups.js';

interface Flags extends ReportFlags {
  readonly in?: string;
  readonly stanza?: string;
}

const COLUMNS: Columns<BackupLine> = {
  backup: 'text',
  kind: 'text',
  takenAt: ['time', 'taken at'],
  bytes: 'count',
  day: 'date',
  hash: 'hash',
  provenAt: ['time', 'proven at'],
};

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    configureReport(cmd.option('--in <folder>').option('--stanza <name>'));
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const { backups, ...head } = await knownBackups(context, flags);
    if (backups.length === 0) context.note('no backup yet: `loanbook backup run` takes one');
    const table = tableOf('backups', COLUMNS, backups, { screen: { isOptional: true } });
    await putReport(context, { head, headline: '', tables: [table] }, way, {
      document: { ...head, backups },
    });
    return undefined;
  },
};
