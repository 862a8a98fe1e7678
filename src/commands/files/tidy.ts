import { EXIT } from '../../errors.js';
import { tableOf } from '../../files/report.js';
import type { TidiedFile } from '../../jobs/files/tidy/take-away.js';
import { tidyRejects } from '../../jobs/files/tidy/tidy-rejects.js';
import { tidyTaken } from '../../jobs/files/tidy/tidy-taken.js';
import { tidyLogs } from '../../jobs/plan/tidy-logs.js';
import type { CommandModule } from '../shell/command-module.js';
import { actInBook } from '../shell/person-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Flags extends ReportFlags {
  readonly dryRun?: boolean;
  readonly by?: string;
}

const COLUMNS = {
  kind: 'text',
  file: 'text',
  since: 'text',
  outcome: 'text',
  reason: 'text',
} as const;

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    cmd.option('--dry-run').option('--by <name>');
    configureReport(cmd);
  },
  async run(context, _args, { dryRun = false, by, ...flags }) {
    const way = wayOut(context, flags);
    const actor = { by, act: 'files', isNamed: false } as const;
    const { bookFolder: home, env, signal } = context;
    const files = await actInBook(context, actor, async (client) => {
      const options = { home, env, dryRun, signal };
      return [
        ...(await tidyRejects(client, options)),
        ...(await tidyLogs(client, options)),
        ...(await tidyTaken(client, options)),
      ];
    });
    const head = { ...countsOf(files), dryRun };
    const table = tableOf('files', COLUMNS, files, { screen: { isOptional: true } });
    await putReport(context, { head, tables: [table] }, way);
    return files.some(isFault) ? EXIT.difference : EXIT.done;
  },
};

function countsOf(files: readonly TidiedFile[]) {
  const count = (outcome: TidiedFile['outcome']) =>
    files.filter((file) => file.outcome === outcome).length;
  return { removed: count('removed'), gone: count('gone'), left: count('left') };
}

/** What lies on another host goes there. */
function isFault({ outcome, reason }: TidiedFile): boolean {
  return outcome === 'left' && reason !== 'elsewhere';
}
