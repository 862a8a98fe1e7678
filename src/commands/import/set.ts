import { requireOtherFile } from '../../files/new-file.js';
import { rejectPlace } from '../../jobs/files/tidy/reject-place.js';
import { type FileSet, partsOf, readSet } from '../../jobs/migration/set/file-set.js';
import { importSet } from '../../jobs/migration/set/import-set.js';
import { setReport } from '../../jobs/migration/set/set-report.js';
import { writeManifest } from '../../jobs/migration/set/write-manifest.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { countOption } from '../shell/count-option.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { printOutcome } from '../shell/output.js';
import { actInBook, actingIn } from '../shell/person-option.js';
import { fileBars } from '../shell/progress.js';
import { putReport } from '../shell/put-report.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface Flags {
  readonly dryRun?: boolean;
  readonly maxRejects?: string;
  readonly write?: string;
  readonly wait?: string;
  readonly by?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd
      .argument('<manifest>')
      .option('--dry-run')
      .option('--max-rejects <count>')
      .option('--write <file>')
      .option('--by <name>');
    configureWait(cmd);
  },
  async run(context, [manifest], flags) {
    const { dryRun, by, write } = flags;
    const maxRejects = countOption('--max-rejects', flags.maxRejects, 0, 999_999_999);
    const set = await readSet(manifest, write !== undefined);
    if (write !== undefined) return completeManifest(context, set, write);
    const { onProgress, finish } = fileBars(context, 'import');
    const options = {
      ...{ dryRun, maxRejects, keys: keySourceOf(context), onProgress },
      named: { by, book: context.namedBook },
      ...{ waits: waitsOf(context, flags), signal: context.signal },
    };
    const actor = { by, act: 'import', isNamed: false } as const;
    const outcome = await actInBook(context, actor, async (client) => {
      if (set.after !== undefined) await actingIn(client, { ...actor, act: 'import_cancel' });
      const place = rejectPlace(client, context.bookFolder);
      return importSet(client, set, { ...options, place });
    }).finally(finish);
    await putReport(context, setReport(outcome), { raw: false });
    return undefined;
  },
};

async function completeManifest(
  context: CommandContext,
  set: FileSet,
  file: string,
): Promise<undefined> {
  const parts = partsOf(set);
  for (const { path } of parts) requireOtherFile(file, path);
  await inBook(context, (client) => writeManifest(client, set, file, context.signal));
  printOutcome(context, { set: set.name, files: parts.length, file });
  return undefined;
}
