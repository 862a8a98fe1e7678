import { PassThrough, Readable } from 'node:stream';
import { runCommandLine } from '../../../src/cli.js';
import type { CommandEntry, CommandModule } from '../../../src/commands/shell/command-module.js';
import type { Host } from '../../../src/commands/shell/context.js';
import type { ExitCode } from '../../../src/errors.js';

export interface Captured {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

interface CapturedOptions {
  readonly env?: Host['env'];
  readonly signal?: AbortSignal;
  readonly stdin?: Readable;
  readonly registry?: readonly CommandEntry[];
}

/** Runs a command line in this process and keeps what it prints. */
export async function capture(
  args: readonly string[],
  { env = {}, signal = new AbortController().signal, stdin, registry }: CapturedOptions = {},
): Promise<Captured> {
  // Read when the command has ended: a stream that waits for its reader would wait for ever.
  const stdout = new PassThrough({ highWaterMark: 1 << 28 });
  const stderr = new PassThrough();
  const host = { env, stdin: stdin ?? Readable.from([]), stdout, stderr, signal };
  const exitCode = await runCommandLine(args, host, registry);
  return { exitCode, stdout: textOf(stdout), stderr: textOf(stderr) };
}

function textOf(stream: PassThrough): string {
  return String(stream.read() ?? '');
}

/** A registry of one command, `demo act`, that is not part of loanbook. */
export function demoRegistry(command: CommandModule): readonly CommandEntry[] {
  return [{ path: 'demo act', summary: 'acts', load: async () => ({ command }) }];
}
