import { EXIT } from '../../errors.js';
import { rejectPlace } from '../../jobs/files/tidy/reject-place.js';
import { isAgreed, rehearsalReport } from '../../jobs/migration/rehearse/rehearsal-report.js';
import { rehearseSet } from '../../jobs/migration/rehearse/rehearse-set.js';
import { partsOf, readSet } from '../../jobs/migration/set/file-set.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { actInBook } from '../shell/person-option.js';
import { fileBars } from '../shell/progress.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Flags extends ReportFlags {
  readonly maxRejects?: string;
  readonly by?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd.argument('<manifest>').option('--max-rejects <count>').option('--by <name>');
    configureReport(cmd);
  },
  async run(context, [manifest], flags) {
    const maxRejects = countOption('--max-rejects', flags.maxRejects, 0, 999_999_999) ?? 0;
    const set = await readSet(manifest);
    const way = wayOut(context, flags, manifest, ...partsOf(set).map(({ path }) => path));
    const { bookFolder, signal } = context;
    const { onProgress, finish } = fileBars(context, 'rehearse');
    const options = { bookFolder, keys: keySourceOf(context), signal, onProgress };
    const actor = { by: flags.by, act: 'import', isNamed: false } as const;
    const rehearsal = await actInBook(context, actor, (client) =>
      rehearseSet(client, set, { ...options, place: rejectPlace(client, bookFolder) }),
    ).finally(finish);
    await putReport(context, rehearsalReport(rehearsal), way);
    if (rehearsal.outcome.lines.some(({ rejected }) => (rejected ?? 0) > maxRejects)) {
      return EXIT.tooManyRejects;
    }
    return isAgreed(rehearsal) ? undefined : EXIT.difference;
  },
};
