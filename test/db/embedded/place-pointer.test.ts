import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedStatus, removeEmbedded } from '../../../src/db/embedded/embedded.js';
import { orphanedPlaces } from '../../../src/db/embedded/embedded-place.js';
import { linkPlace, writeFresh } from '../../../src/db/embedded/place-pointer.js';

let root: string;
let book: string;
let system: string;
let elsewhere: string;
const before = process.env.LOANBOOK_SYSTEM_FOLDER;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'loanbook-place-')));
  [book, system, elsewhere] = ['book', 'system', 'elsewhere'].map((name) => {
    mkdirSync(join(root, name));
    return join(root, name);
  }) as [string, string, string];
  process.env.LOANBOOK_SYSTEM_FOLDER = system;
});
afterEach(() => {
  if (before === undefined) delete process.env.LOANBOOK_SYSTEM_FOLDER;
  else process.env.LOANBOOK_SYSTEM_FOLDER = before;
  rmSync(root, { recursive: true, force: true });
});

const pointer = () => join(book, 'postgres.json');
const say = (place: string, of = book) =>
  writeFileSync(pointer(), JSON.stringify({ place, book: of }));

/** A place with something in it that must never be touched, let alone removed. */
function place(folder: string): string {
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'data/PG_VERSION'), '18\n');
  return folder;
}

/** Both ways in: one that only looks, and one that deletes. */
async function expectRefused(error: object): Promise<void> {
  await expect(embeddedStatus(book)).rejects.toMatchObject(error);
  await expect(removeEmbedded(book)).rejects.toMatchObject(error);
}

describe('a place that postgres.json names', () => {
  it('is the book’s in the system folder, in the book, or where it names the book back', async () => {
    const places = [place(join(system, 'a')), place(join(book, 'own/pg'))];
    for (const folder of places) {
      say(folder);
      expect(await embeddedStatus(book)).toMatchObject({ dataFolder: join(folder, 'data') });
    }
    linkPlace(book, place(join(elsewhere, 'big-disk')));
    expect(await embeddedStatus(book)).toMatchObject({ installed: true, running: false });
  });

  it('is new where it does not exist', async () => {
    say(join(elsewhere, 'not-there'));
    expect(await embeddedStatus(book)).toMatchObject({ installed: false });
    expect(existsSync(join(elsewhere, 'not-there'))).toBe(false);
  });

  it('is refused anywhere else, and left as it is', async () => {
    const folder = place(join(elsewhere, 'theirs'));
    say(folder);
    await expectRefused({
      code: 'embedded_place_foreign',
      evidence: { file: pointer(), place: folder, book },
    });
    expect(readFileSync(join(folder, 'data/PG_VERSION'), 'utf8')).toBe('18\n');
  });

  it.each(['system', 'elsewhere'])('is refused in %s where it names another book', async (name) => {
    const other = join(root, 'other');
    mkdirSync(other);
    const folder = place(join(root, name, 'theirs'));
    linkPlace(other, folder);
    say(folder);
    await expectRefused({
      code: 'embedded_place_foreign',
      evidence: { place: folder, book, namesBack: other },
    });
    // As one that calls itself a copy of the other.
    say(folder, other);
    await expectRefused({ code: 'embedded_book_copied' });
    expect(existsSync(join(folder, 'data/PG_VERSION'))).toBe(true);
  });

  it('goes with a book that was moved', async () => {
    const folder = place(join(elsewhere, 'big-disk'));
    linkPlace(book, folder);
    const moved = join(root, 'moved');
    renameSync(book, moved);
    expect(await embeddedStatus(moved)).toMatchObject({ dataFolder: join(folder, 'data') });
  });
});

describe('a link', () => {
  it('is not followed to a place', async () => {
    const folder = place(join(elsewhere, 'theirs'));
    const link = join(system, 'link');
    symlinkSync(folder, link);
    say(link);
    await expectRefused({ code: 'embedded_place_link', evidence: { link } });
  });

  it('is not followed above a place: it is where it leads to', async () => {
    place(join(elsewhere, 'theirs'));
    symlinkSync(elsewhere, join(book, 'link'));
    say(join(book, 'link/theirs'));
    await expectRefused({ code: 'embedded_place_foreign' });
  });

  it('is not followed out of the book', async () => {
    symlinkSync(place(join(elsewhere, 'theirs')), join(book, 'postgres'));
    await expectRefused({ code: 'embedded_place_link' });
  });

  it.each(['data', 'server.log', 'ready'])('is not followed as %s of a place', async (name) => {
    mkdirSync(join(book, 'postgres'));
    symlinkSync(place(join(elsewhere, 'theirs')), join(book, 'postgres', name));
    await expectRefused({
      code: 'embedded_place_link',
      evidence: { link: join(book, 'postgres', name) },
    });
    expect(existsSync(join(elsewhere, 'theirs/data/PG_VERSION'))).toBe(true);
  });

  it('is not followed as postgres.json', async () => {
    writeFileSync(join(elsewhere, 'p.json'), JSON.stringify({ place: elsewhere, book }));
    symlinkSync(join(elsewhere, 'p.json'), pointer());
    await expectRefused({ code: 'embedded_pointer_broken' });
  });

  it('is replaced by what is written, not written through', () => {
    const victim = join(elsewhere, 'victim');
    writeFileSync(victim, 'kept');
    symlinkSync(victim, join(book, 'ready'));
    writeFresh(join(book, 'ready'), 'new');
    expect(readFileSync(victim, 'utf8')).toBe('kept');
    expect(readFileSync(join(book, 'ready'), 'utf8')).toBe('new');
  });
});

describe('postgres.json', () => {
  it.each([
    ['cut off', '{"place": "/var/lib/loan', /JSON/],
    ['empty', '', /JSON/],
    ['a list', '[1]', /`place` is no absolute path/],
    ['null', 'null', /holds no object/],
    ['without a place', '{"book": "/b"}', /`place`/],
    ['with a number', '{"place": 7, "book": "/b"}', /`place`/],
    ['with a relative place', '{"place": "pg", "book": "/b"}', /`place`/],
    [
      'with a place that climbs',
      '{"place": "/var/lib/loanbook/../../..", "book": "/b"}',
      /`place`/,
    ],
    ['without a book', '{"place": "/p"}', /`book`/],
    ['too large', `{"place": "/p", "book": "/${'b'.repeat(70_000)}"}`, /too large/],
  ])('%s is a named error', async (_what, text, reason) => {
    writeFileSync(pointer(), text);
    await expectRefused({
      code: 'embedded_pointer_broken',
      evidence: { file: pointer(), reason: expect.stringMatching(reason) },
      next: expect.stringContaining('remove it'),
    });
  });

  it('that is a folder is a named error', async () => {
    mkdirSync(pointer());
    await expectRefused({ code: 'embedded_pointer_broken', evidence: { file: pointer() } });
  });

  it.runIf(process.getuid?.() === 0)('of one book does not stop another from starting', () => {
    const broken = place(join(system, 'broken'));
    writeFileSync(join(broken, 'postgres.json'), '{');
    const orphan = place(join(system, 'orphan'));
    linkPlace(book, orphan);
    rmSync(pointer());
    const kept = place(join(system, 'kept'));
    const other = join(root, 'other');
    mkdirSync(other);
    linkPlace(other, kept);
    writeFileSync(join(other, 'postgres.json'), '{');
    expect(orphanedPlaces().map(({ folder }) => folder)).toEqual([orphan]);
  });
});
