import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import {
  applyFiles,
  type FilesInForce,
  type Folders,
  loadFiles,
} from '../../../src/jobs/files/files-in-force.js';
import { keptFiles } from '../../../src/jobs/files/register.js';
import { type InboxLook, scanInbox } from '../../../src/jobs/files/scan-inbox.js';
import { type ScratchBook, scratchBook } from '../../support/scratch-book.js';

/** The day that is open. */
export const OPEN = '2026-03-31';
/** 06:00 in Shanghai on the day after. */
export const BY = Date.parse('2026-03-31T22:00:00Z');

export interface FilesBook extends ScratchBook {
  readonly home: string;
  readonly folders: Folders & { readonly outbox: string };
  /** Folders and rules in force, as they were applied. */
  readonly inForce: FilesInForce;
  /** Looks at the inbox at a second behind `BY`. */
  look(second: number): Promise<InboxLook>;
  /** `name state`, with what makes it so, of all rows in order. */
  states(): Promise<string[]>;
}

/** A book with folders of its own and these rules. */
export async function filesBook(...rules: readonly object[]): Promise<FilesBook> {
  const book = await scratchBook();
  const home = mkdtempSync(join(tmpdir(), 'loanbook-files-'));
  await createBook(book.client, {
    entity: 'T',
    currency: 'CNY',
    firstBusinessDate: parseDay(OPEN)!,
    calendar: 'cn',
  });
  await applyFiles(book.client, filesText(1, ...rules), 'files.yaml', { home, by: '甲' });
  const inForce = await loadFiles(book.client, home);
  return {
    ...book,
    home,
    inForce,
    folders: { ...inForce.folders, outbox: join(home, 'out') },
    look: (second) => scanInbox(book.client, inForce, { now: BY + second * 1000 }),
    states: async () => {
      const rows = await keptFiles(book.client, 'true');
      return rows.map(({ name, state, reason, of }) =>
        [name, state, reason, of].filter((word) => word !== null).join(' '),
      );
    },
    async remove() {
      await book.remove();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A document of files with folders beside each other. */
export function filesText(version: number, ...rules: readonly object[]): string {
  return stringify({ version, folders: { inbox: 'in', work: 'work', outbox: 'out' }, rules });
}
