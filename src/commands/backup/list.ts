import { type Columns, tableOf } from '../../files/report.js';
import { knownBackups } from '../../jobs/backup/known-backups.js';
import type { ListedBackup } from '../../jobs/backup/store.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';
import { backupPlaceOf } from './backup-store.js';

interface Flags extends ReportFlags {
  readonly in?: string;
  readonly stanza?: string;
}

const COLUMNS: Columns<ListedBackup> = {
  backup: 'text',
  kind: 'text',
  takenAt: ['time', 'taken at'],
  bytes: 'count',
  day: 'date',
  hash: 'hash',
  system: 'text',
  provenAt: ['time', 'proven at'],
};

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    configureReport(cmd.option('--in <folder>').option('--stanza <name>'));
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const { backups, trials } = await knownBackups(backupPlaceOf(context, flags));
    const head = {
      lastTakenAt: backups.find(({ kind }) => kind !== 'damaged')?.takenAt ?? null,
      lastProvenAt:
        trials
          .map(({ provenAt }) => provenAt)
          .sort()
          .at(-1) ?? null,
    };
    if (backups.length === 0) context.note('no backup yet: `loanbook backup run` takes one');
    const table = tableOf('backups', COLUMNS, backups, { screen: { isOptional: true } });
    await putReport(context, { head, headline: '', tables: [table] }, way, {
      document: { ...head, backups },
    });
    return undefined;
  },
};
