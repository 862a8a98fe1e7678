import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { LoanbookError } from '../../errors.js';
import { eodStatus } from '../../jobs/eod/run/eod-status.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson, printRecord } from '../shell/output.js';

export const command: CommandModule = {
  async run(context) {
    const target = await resolveTarget(context.bookFolder, context.env);
    const status = await withClient(
      target,
      { applicationName: 'loanbook status' },
      async (client) => {
        await requireMigrated(client);
        return eodStatus(client);
      },
    );
    if (status === undefined) {
      throw new LoanbookError('no_book', 'there is no book in this database', {
        next: 'loanbook init creates one',
      });
    }
    if (context.json) {
      printJson(context.stdout, status);
      return undefined;
    }
    const { run } = status;
    printRecord(context.stdout, {
      'open day': status.openDay,
      'last sealed': status.lastSealed ?? 'none',
      'chain hash': status.chainHash ?? 'none',
      'events waiting': status.eventsWaiting,
      'close under way': run === null ? 'none' : `run ${run.runId}`,
      'tasks done': run === null ? undefined : `${run.tasksDone} of ${run.tasks}`,
      'held loans': run?.held,
      'held by': run?.isHeld ? run.holder?.split('/').slice(0, 2).join(', process ') : undefined,
    });
    return undefined;
  },
};
