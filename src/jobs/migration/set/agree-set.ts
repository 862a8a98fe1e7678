import { realpathSync } from 'node:fs';
import type pg from 'pg';
import { formatAmount, parseTotal } from '../../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { type CountedPart, countPart } from './count-part.js';
import type { SetKind } from './file-kinds.js';
import { type FileSet, partsOf, type SetFile, type SetPart } from './file-set.js';
import type { StandingImport } from './standing-imports.js';

/** One thing in which a set is not what its manifest says. */
interface Disagreement {
  readonly file: string;
  readonly rule: string;
  /** Column of a total. */
  readonly field?: string;
  readonly stated: string;
  readonly found: string;
  readonly next: string;
}

/** What the book has already, for kinds that stand on others. */
interface Grounds {
  readonly hasLoans: boolean;
  readonly hasParties: boolean;
}

const NEXT = {
  missing: 'send the file along, or correct its path',
  hash: 'fetch the file again, or write the manifest anew with `--write`',
  count: 'ask who wrote the file for all of it',
  total: 'ask who wrote the file for the right one',
  twice: 'leave one of the two out',
  kind: 'send these files too, or import them first',
  second: 'take the import back (`loanbook import cancel`), or name the file it came with',
} as const;

/** Evidence that is told elsewhere, or holds the text of a row. */
const HIDDEN = new Set(['file', 'value']);

/**
 * Counts every file of a set and holds it to the manifest. Nothing is written. Throws LoanbookError
 * `manifest_differs` (1) that tells all that disagrees.
 */
export async function agreeSet(
  client: pg.Client,
  set: FileSet,
  standing: ReadonlyMap<SetFile, StandingImport>,
  { minorDigits, signal }: { readonly minorDigits: number; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<SetPart, CountedPart>> {
  const counted = new Map<SetPart, CountedPart>();
  const found: Disagreement[] = [];
  for (const part of partsOf(set)) {
    signal?.throwIfAborted();
    const one = await counting(part, minorDigits, signal);
    if ('rule' in one) found.push(one);
    else {
      counted.set(part, one);
      found.push(...differences(part, one, minorDigits));
    }
  }
  found.push(...doubled(set, counted), ...missingKinds(set, counted, await groundsOf(client)));
  for (const file of set.files) {
    const { kind, main, second } = file;
    const before = standing.get(file);
    if (before === undefined || before.secondSha256 === (second?.sha256 ?? null)) continue;
    found.push({
      file: main.named,
      rule: 'manifest_imported_otherwise',
      stated: `${kind} with ${second?.named ?? 'no second file'}`,
      found: `import ${before.importId} with ${before.secondSha256 ?? 'no second file'}`,
      next: NEXT.second,
    });
  }
  if (found.length > 0) throw manifestDiffers(set, found);
  return counted;
}

async function counting(
  part: SetPart,
  minorDigits: number,
  signal: AbortSignal | undefined,
): Promise<CountedPart | Disagreement> {
  try {
    return await countPart(part, minorDigits, signal);
  } catch (error) {
    const isOwn = error instanceof LoanbookError && error.exitCode !== EXIT.interrupted;
    if (!isOwn) throw error;
    const { code, evidence, message } = error;
    const isMissing = code === 'file_missing' && evidence.file === part.path;
    // What stands in a file of customers is nothing to show.
    const said = Object.entries(evidence).filter(([key, value]) => !HIDDEN.has(key) && value);
    return {
      file: part.named,
      rule: isMissing ? 'manifest_file_missing' : code,
      stated: part.path,
      found: isMissing ? 'nothing' : [message, ...said.map(([k, v]) => `${k} ${v}`)].join(' '),
      next: isMissing ? NEXT.missing : (error.next ?? NEXT.missing),
    };
  }
}

function differences(part: SetPart, counted: CountedPart, minorDigits: number): Disagreement[] {
  const { named: file, sha256, rows } = part;
  const found: Disagreement[] = [];
  if (sha256 !== undefined && sha256 !== counted.sha256) {
    const both = { stated: sha256, found: counted.sha256 };
    found.push({ file, rule: 'manifest_sha256', ...both, next: NEXT.hash });
  }
  if (rows !== undefined && rows !== counted.rows) {
    const both = { stated: String(rows), found: String(counted.rows) };
    found.push({ file, rule: 'manifest_count', ...both, next: NEXT.count });
  }
  for (const [field, stated] of Object.entries(part.totals)) {
    const total = counted.totals.get(field) ?? 0n;
    if (parseTotal(stated, minorDigits) === total) continue;
    const both = { stated, found: formatAmount(total, minorDigits) };
    found.push({ file, rule: 'manifest_total', field, ...both, next: NEXT.total });
  }
  return found;
}

/** A path that is there twice, and other files of the same content. */
function doubled(set: FileSet, counted: ReadonlyMap<SetPart, CountedPart>): Disagreement[] {
  const found: Disagreement[] = [];
  const paths = new Map<string, SetPart>();
  const contents = new Map<string, SetPart>();
  for (const part of partsOf(set)) {
    const path = realPath(part.path);
    const first = paths.get(path);
    paths.set(path, first ?? part);
    if (first !== undefined) {
      const both = { stated: part.named, found: first.named };
      found.push({ file: part.named, rule: 'manifest_file_twice', ...both, next: NEXT.twice });
      continue;
    }
    const has = counted.get(part);
    // Files without rows are often alike: those of two quiet months.
    if (has === undefined || has.rows === 0) continue;
    const same = contents.get(has.sha256);
    contents.set(has.sha256, same ?? part);
    if (same === undefined) continue;
    const both = { stated: has.sha256, found: same.named };
    found.push({ file: part.named, rule: 'manifest_content_twice', ...both, next: NEXT.twice });
  }
  return found;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Files that stand on others which neither the set nor the book has. */
function missingKinds(
  set: FileSet,
  counted: ReadonlyMap<SetPart, CountedPart>,
  { hasLoans, hasParties }: Grounds,
): Disagreement[] {
  const has = (kind: SetKind) => set.files.some((file) => file.kind === kind);
  const found: Disagreement[] = [];
  for (const { kind, main } of set.files) {
    const needsLoans = kind !== 'customers' && kind !== 'loans' && !has('loans') && !hasLoans;
    const namesParty = counted.get(main)?.namesParty === true;
    const needsParties = namesParty && !has('customers') && !hasParties;
    if (!needsLoans && !needsParties) continue;
    found.push({
      file: main.named,
      rule: 'manifest_kind_missing',
      stated: kind,
      found: `no ${needsLoans ? 'loans' : 'customers'} in the set or in the book`,
      next: NEXT.kind,
    });
  }
  return found;
}

async function groundsOf(client: pg.Client): Promise<Grounds> {
  const { rows } = await client.query<Grounds>(
    `SELECT EXISTS (SELECT FROM loan) AS "hasLoans",
       EXISTS (SELECT FROM party_key) AS "hasParties"`,
  );
  return rows[0]!;
}

function manifestDiffers(set: FileSet, found: readonly Disagreement[]): LoanbookError {
  const lines = found.map(({ file, rule, field, stated, found: has, next }) => {
    const what = field === undefined ? rule : `${rule} ${field}`;
    return `  ${file}: ${what}: stated ${stated}, found ${has}; ${next}`;
  });
  const [first] = found;
  return new LoanbookError(
    'manifest_differs',
    [`${set.manifest}: the files are not what it says`, ...lines].join('\n'),
    {
      exitCode: EXIT.failed,
      evidence: { manifest: set.manifest, disagreements: found.length, ...withoutNext(first!) },
      next: 'Nothing was written. Correct each of them, and run the same again.',
    },
  );
}

/** The first one once more, for programs. */
function withoutNext({ next: _next, ...first }: Disagreement) {
  return first;
}
