import type { Command } from 'commander';
import { EXIT, LoanbookError } from '../../errors.js';
import type { SenderSays } from '../../jobs/import/source/file-proof.js';

/** Options of every command that reads a file of rows: what its sender says of it. */
export interface SenderFlags {
  readonly rows?: string;
  readonly total?: string;
  readonly control?: string;
  readonly unterminated?: boolean;
}

export function configureSender(cmd: Command): void {
  cmd
    .option('--rows <count>')
    .option('--total <amount>')
    .option('--control <file>')
    .option('--unterminated');
}

/** Throws LoanbookError `malformed_number` (2) for a count that is none. */
export function senderSays(flags: SenderFlags): SenderSays {
  const { total, control, unterminated } = flags;
  return { rows: countOf(flags.rows), total, control, unterminated };
}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw new LoanbookError('malformed_number', '--rows is not a count', {
    exitCode: EXIT.usage,
    evidence: { option: '--rows', value: text },
    next: 'Give the number of rows below the header.',
  });
}
