import type { Command } from 'commander';
import type { SenderSays } from '../../jobs/import/source/file-proof.js';
import { countOption } from './count-option.js';

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
  return {
    rows: countOption('--rows', flags.rows, 0, 999_999_999_999_999),
    total,
    control,
    unterminated,
  };
}
