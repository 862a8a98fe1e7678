import { basename, join } from 'node:path';
import { writeWhole } from '../../../files/new-file.js';
import { outFolderOf, partName } from '../../../files/out-folder.js';
import { loadFiles } from '../../../jobs/files/files-in-force.js';
import { releaseOut, requireOutPath } from '../../../jobs/files/release-out.js';
import { inBook } from '../book-session.js';
import type { CommandContext } from '../context.js';
import { machineLogin } from '../person-option.js';

/** A file that goes last, beside the one that was written. */
interface Beside {
  readonly suffix: string;
  readonly text: string;
}

/**
 * The way of a file to where it is to be: as `write` makes it at the path that it is given, with
 * the control file that `controlOf` makes of what came of it. In the outbox of the book it is
 * released: docs/inbox.md. Throws what `write` throws, and as `releaseOut` does.
 */
export async function sendOut<T>(
  context: CommandContext,
  file: string,
  write: (path: string) => Promise<T>,
  controlOf: (written: T) => Beside | undefined = () => undefined,
): Promise<T> {
  const outFolder = outFolderOf(file);
  if (outFolder === undefined) {
    const written = await write(file);
    const control = controlOf(written);
    if (control !== undefined) await writeWhole(file + control.suffix, [control.text]);
    return written;
  }
  await inBook(context, async (client) => {
    const { folders } = await loadFiles(client, context.bookFolder);
    await requireOutPath(folders, outFolder, file);
  });
  const name = basename(file);
  const written = await write(join(outFolder, partName(name)));
  const by = machineLogin();
  const control = controlOf(written);
  const released = await inBook(context, (client) =>
    releaseOut(client, outFolder, { name, control, by }),
  );
  if (released.outcome === 'unchanged') context.note('The same file was released before.');
  return written;
}
