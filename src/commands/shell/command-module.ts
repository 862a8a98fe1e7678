import type { Command } from 'commander';
import type { ExitCode } from '../errors.js';
import type { CommandContext } from './context.js';

/**
 * What `src/commands/<group>-<verb>.ts` exports as `command`. `Args` are the positional arguments
 * in order, `Options` the parsed options, as `configure` declares them; a test holds both to the
 * page beside the module.
 */
export interface CommandModule<
  Args extends readonly unknown[] = readonly unknown[],
  Options extends object = object,
> {
  /** Declares arguments and options, without descriptions: those are read from the page. */
  configure?(cmd: Command): void;
  /** Parses, validates, calls, prints. Nothing returned means EXIT.done. */
  run(context: CommandContext, args: Args, options: Options): Promise<ExitCode | undefined>;
}

/** One line of the registry: what `--help` lists without importing the module. */
export interface CommandEntry {
  /** Words as typed, such as `eod run`; the module and its page are named `eod-run`. */
  readonly path: string;
  readonly summary: string;
  load(): Promise<{ readonly command: CommandModule }>;
}

/** `eod run` is described by `eod-run.md` and done by `eod-run.ts`. */
export function fileStem(path: string): string {
  return path.replaceAll(' ', '-');
}
