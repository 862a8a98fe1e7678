import type { Command } from 'commander';
import { EXIT, LoanbookError } from '../../errors.js';
import type { WaitsFor } from '../../jobs/runs/in-the-way.js';
import type { Waits } from '../../jobs/runs/waiting.js';
import type { CommandContext } from './context.js';

const WAIT_MS_DEFAULT = 300_000;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Declares the option of every command that is a run. */
export function configureWait(cmd: Command): void {
  cmd.option('--wait <duration>');
}

/** How long a command waits for others, and how it says so. Throws `malformed_duration` (2). */
export function waitsOf(context: CommandContext, { wait }: { readonly wait?: string }): Waits {
  return { waitMs: waitMsOf(wait), onWait: (waitsFor) => say(context, waitsFor) };
}

function waitMsOf(text: string | undefined): number {
  if (text === undefined) return WAIT_MS_DEFAULT;
  const [, digits, unit = 's'] = /^([0-9]{1,6})([smh]?)$/.exec(text) ?? [];
  if (digits !== undefined) return Number(digits) * (UNIT_MS[unit || 's'] ?? 0);
  throw new LoanbookError('malformed_duration', '--wait is not a duration', {
    exitCode: EXIT.usage,
    evidence: { option: '--wait', value: text },
    next: 'write it as 30s, 5m or 1h; 0 does not wait',
  });
}

/** A sentence for a person, a line of the log otherwise: a night must show why it stands still. */
function say(context: CommandContext, waitsFor: WaitsFor): void {
  if (context.json || context.quiet) {
    context.log.warn({ waitsFor }, 'waits for another run');
    return;
  }
  if (waitsFor === undefined) {
    context.note('waiting for another session of the database');
    return;
  }
  const { job, key, runId, host, pid, since } = waitsFor;
  context.note(`waiting for ${job} ${key}: run ${runId}, ${host}, process ${pid}, since ${since}`);
}
