import { resolve } from 'node:path';
import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import { keptName } from '../../files/mask.js';
import {
  type Approvable,
  type Grant,
  loginsProve,
  needsApproval,
  noteSecondPerson,
  withApproval,
} from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import { referenceOf } from './post-statement.js';
import type { ReconcileOptions } from './reconcile-options.js';
import type { Outcome } from './reconcile-outcome.js';
import type { StatementRow } from './statement-record.js';

/** A statement that may take the place of another one. */
export interface Replacement {
  readonly kind: 'channel' | 'bank';
  readonly code: string;
  readonly date: string;
  readonly sha256: string;
  /** What it takes the place of; undefined: nothing. */
  readonly earlier: StatementRow | undefined;
}

/** What is kept of a replacement that waits: enough to read the same file again. */
export interface AskedReplacement {
  readonly kind: 'channel' | 'bank';
  readonly code: string;
  readonly file: string;
  readonly sha256: string;
  readonly options: Pick<ReconcileOptions, 'channel' | 'date' | 'layout' | 'matchOnly' | 'says'>;
}

/**
 * Whether a second person decides of a posted statement later: by the policy, or because nobody can
 * be named for somebody else where logins are personal. Throws LoanbookError
 * `second_person_grants` (2) where one is named all the same.
 */
export async function replacementWaits(
  client: pg.Client,
  { file, releaseBy, grant }: Pick<ReconcileOptions, 'file' | 'releaseBy' | 'grant'>,
): Promise<boolean> {
  if (grant !== undefined) return false;
  const waits = (await needsApproval(client, 'statement_replace')) || (await loginsProve(client));
  if (!waits || releaseBy === undefined) return waits;
  throw new LoanbookError(
    'second_person_grants',
    'The second person grants it without being named.',
    {
      exitCode: EXIT.usage,
      evidence: { file, releaseBy },
      next: 'Leave --release-by out; the second person says `loanbook approve grant NUMBER`.',
    },
  );
}

/**
 * Takes a statement with `take`, or has it wait where a posted one would be replaced and a second
 * person decides of it. Call it inside of the transaction.
 */
export async function takeOrAsk(
  client: pg.Client,
  replacement: Replacement,
  options: ReconcileOptions,
  waits: boolean,
  take: () => Promise<Outcome>,
): Promise<Approvable<Outcome>> {
  const { code, date, earlier } = replacement;
  const { by, releaseBy, grant } = options;
  if (grant === undefined && earlier?.state !== 'posted') return take();
  const subject = `${code}/${date}`;
  const payload = askedOf(replacement, options);
  const against = earlier === undefined ? '' : `statement ${earlier.statement_id}`;
  const asked = { act: 'statement_replace', subject, payload, against, by } as const;
  const done = await withApproval(client, asked, { waits, grant }, take);
  if (!waits && grant === undefined && releaseBy !== undefined) {
    await noteSecondPerson(
      client,
      { ...asked, payload: { sha256: replacement.sha256 } },
      releaseBy,
    );
  }
  return done;
}

function askedOf(
  { kind, code, sha256 }: Replacement,
  { file, channel, date, layout, matchOnly, says }: ReconcileOptions,
): AskedReplacement {
  return {
    kind,
    code,
    file: resolve(file),
    sha256,
    options: { channel, date, layout, matchOnly, says },
  };
}

/** What the audit keeps of a statement that went in. */
export async function auditStatement(
  client: pg.Client,
  row: StatementRow,
  earlier: StatementRow | undefined,
  by: string,
): Promise<void> {
  await writeAudit(client, {
    action: earlier === undefined ? 'statement taken' : 'statement replaced',
    subject: referenceOf(row),
    before: earlier && { statement: earlier.statement_id, sha256: earlier.sha256 },
    after: { statement: row.statement_id, name: keptName(row.name), sha256: row.sha256 },
    by,
  });
}

/** How the job that grants a replacement is told of it. */
export function grantedOptions(
  asked: AskedReplacement,
  maker: string,
  grant: Grant,
): ReconcileOptions {
  return { ...asked.options, file: asked.file, by: maker, releaseBy: grant.by, grant };
}
