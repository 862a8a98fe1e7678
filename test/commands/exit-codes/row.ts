import type { ExitCode } from '../../../src/errors.js';

/**
 * Where a command line runs:
 * - `book`: the dumped book; rows change it, in their order
 * - `fresh`: a copy of it that no other row sees
 * - `closing`: the close of its open day has begun, and its lease is held; so is that of a night
 * - `tampered`: sealed rows were changed behind the back of the program
 * - `quiet`: no break is open, no impairment is set, and the one clearing account is empty
 * - `people`: 甲 is registered as the administrator, 乙 for finance
 * - `unsealed`: a book that has closed no day
 * - `bookless`: a database without a book; `blank`: one without our tables
 * - `newer`: migrated by a later version
 * - `embedded`: a folder, and no server named; `no-folder`: the folder is a file
 * - `nobody`: a server that does not answer; `bad-url`: an address that is none
 * - `starting`: a server that says that it is starting up
 * - `stopped`: as `fresh`, with the signal given
 */
export type World =
  | 'book'
  | 'fresh'
  | 'closing'
  | 'tampered'
  | 'quiet'
  | 'people'
  | 'unsealed'
  | 'bookless'
  | 'blank'
  | 'newer'
  | 'embedded'
  | 'no-folder'
  | 'nobody'
  | 'bad-url'
  | 'starting'
  | 'stopped';

/** The command, the code that it must end with, the world, and the words behind the command. */
export type ExitRow = readonly [path: string, code: ExitCode, world: World, words: string];
