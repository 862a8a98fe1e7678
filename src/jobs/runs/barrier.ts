import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

type Hook = (place: string) => Promise<void>;

const POLL_MS = 10;
/** A folder; set by tests alone. */
const FOLDER = process.env.LOANBOOK_BARRIERS;

/** Where the folder holds a file of the place's name, says so and waits until it is gone. */
async function waitForFile(folder: string, place: string): Promise<void> {
  const file = join(folder, place);
  if (!existsSync(file)) return;
  writeFileSync(`${file}.reached`, String(process.pid));
  while (existsSync(file)) await sleep(POLL_MS);
}

let hook: Hook | undefined = FOLDER ? (place) => waitForFile(FOLDER, place) : undefined;

/** Has `fn` called at every barrier of this process, so that a test can hold a job there. */
export function onBarrier(fn: Hook | undefined): void {
  hook = fn;
}

/** A named place in a phase of a job, such as `import.store`, at which tests stop it. */
export async function barrier(place: string): Promise<void> {
  if (hook !== undefined) await hook(place);
}
