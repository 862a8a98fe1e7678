import { requireOtherFile } from '../new-file.js';

/** Where files of rejected rows lie, and what keeps that they do. */
export interface RejectPlace {
  /** The path of the rejected rows of a file of this content, where the command names none. */
  pathOf(file: string, sha256: string): Promise<string>;
  /** Called before the first row of it is written. */
  begins(path: string): Promise<void>;
  /** Called when it is whole, before it appears under its path. */
  appears(path: string, sha256: string): Promise<void>;
  /** Called of each file that is imported: it may be one of these, corrected by hand. */
  isRead(path: string, sha256: string): Promise<void>;
}

/** Beside the file that the rows come from; nobody keeps that it is there. */
export const BESIDE: RejectPlace = {
  pathOf: async (file) => besideOf(file),
  begins: async () => undefined,
  appears: async () => undefined,
  isRead: async () => undefined,
};

export function besideOf(file: string): string {
  return `${file}.rejects.csv`;
}

export interface RejectOptions {
  readonly file: string;
  /** Where `place` says when left out. */
  readonly rejectFile?: string;
  /** `<file>.rejects.csv`, and not registered, when left out. */
  readonly place?: RejectPlace;
}

/**
 * The path of the rejected rows of a file of this content. Throws LoanbookError `file_is_an_input`
 * (2) where the command reads what stands there, and what the place throws.
 */
export async function rejectPath(
  { file, rejectFile, place = BESIDE }: RejectOptions,
  sha256: string,
  ...inputs: readonly (string | undefined)[]
): Promise<string> {
  const path = rejectFile ?? (await place.pathOf(file, sha256));
  for (const input of [file, ...inputs]) {
    if (input !== undefined) requireOtherFile(path, input);
  }
  await place.isRead(file, sha256);
  return path;
}
