import { type Columns, tableOf } from '../../files/report.js';
import { type BackupLine, listStore, trialsIn } from '../../jobs/backup/store.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';
import { backupStore } from './backup-store.js';

interface Flags extends ReportFlags {
  readonly in?: string;
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
    configureReport(cmd.option('--in <folder>'));
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const store = backupStore(context, flags.in);
    const backups = await listStore(store);
    const lastProvenAt = [...(await trialsIn(store)).values()]
      .map(({ provenAt }) => provenAt)
      .reduce<string | null>((last, at) => (last === null || at > last ? at : last), null);
    const lastTakenAt = backups.find(({ kind }) => kind !== 'damaged')?.takenAt ?? null;
    if (backups.length === 0) context.note(`no backup in ${store}: \`loanbook backup run\``);
    const head = { lastTakenAt, lastProvenAt };
    const table = tableOf('backups', COLUMNS, backups, { screen: { isOptional: true } });
    await putReport(context, { head, headline: '', tables: [table] }, way, {
      document: { ...head, backups },
    });
    return undefined;
  },
};
