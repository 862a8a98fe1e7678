import type pg from 'pg';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { releaseFile } from '../../operations/files/file-acts.js';
import { refusing } from '../approvals/acting.js';
import { type Approvable, type Grant, withApproval } from '../approvals/approval.js';
import { writeAudit } from '../approvals/audit.js';
import { oneFile } from './find-file.js';
import { type KeptFile, takeFilesLock } from './register.js';

export interface ReleasedFile {
  readonly number: number;
  readonly name: string;
  readonly rule: string;
  /** The content that is released; another one is held again. */
  readonly sha256: string;
  readonly outcome: 'released' | 'unchanged';
}

interface ReleaseOptions {
  readonly reason: string;
  readonly by: string;
  /** The second person decides now; `by` is who asked. */
  readonly grant?: Grant;
}

/**
 * Lets a file out of quarantine, by two persons always: the first one asks, with a reason. The next
 * look judges its content anew. Throws LoanbookError `unknown_file`, `file_ambiguous`,
 * `file_not_quarantined`, `reason_missing` (2), and what is refused of approvals and persons.
 */
export async function releaseQuarantined(
  client: pg.Client,
  file: string,
  { reason, by, grant }: ReleaseOptions,
): Promise<Approvable<ReleasedFile>> {
  if (reason.trim() === '') {
    throw new LoanbookError('reason_missing', 'A file leaves quarantine with a reason.', {
      exitCode: EXIT.usage,
      next: 'Say why with --reason; it is kept in the audit.',
    });
  }
  return inTransaction(client, async () => {
    await takeFilesLock(client, 'transaction');
    const row = await oneFile(client, file, ['quarantined']);
    requireHeld(row);
    const sha256 = row.sha256!;
    const released = { number: row.id, name: row.name, rule: row.reason ?? '', sha256 };
    if (row.releasedSha256 === sha256) return { ...released, outcome: 'unchanged' };
    const payload = { file: row.name, rule: row.reason, sha256, reason };
    const asked = { act: 'file_release', subject: String(row.id), payload, by } as const;
    const against = `${row.state} ${sha256}`;
    const waits = grant === undefined;
    return withApproval<ReleasedFile>(client, { ...asked, against }, { waits, grant }, async () => {
      if (grant !== undefined) await release(client, row, { by, checker: grant.by, reason });
      return { ...released, outcome: 'released' };
    });
  });
}

async function release(
  client: pg.Client,
  row: KeptFile,
  {
    by,
    checker,
    reason,
  }: { readonly by: string; readonly checker: string; readonly reason: string },
): Promise<void> {
  const { id, name, reason: rule, sha256 } = row;
  const [released] = releaseFile([row], name);
  await refusing(() =>
    client.query('SELECT release_file($1, $2, $3, $4)', [
      id,
      released!.releasedSha256,
      by,
      checker,
    ]),
  );
  await writeAudit(client, {
    action: 'files release',
    subject: id,
    reason,
    before: { name, state: 'quarantined', rule },
    after: { sha256, maker: by },
  });
}

function requireHeld(row: KeptFile): void {
  if (row.state === 'quarantined' && row.sha256 !== null) return;
  throw new LoanbookError('file_not_quarantined', 'The file is not in quarantine.', {
    exitCode: EXIT.usage,
    evidence: { number: row.id, file: row.name, state: row.state, read: row.sha256 !== null },
    next: '`loanbook files list --state quarantined` shows what is.',
  });
}
