import type { Command } from 'commander';
import type { ExitCode } from '../../errors.js';
import type { CommandContext } from './context.js';

/**
 * What `src/commands/<group>/<verb>.ts` exports as `command`. `Args` are the positional arguments
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

/** What `--help` lists of a command without importing its module. */
export interface CommandEntry {
  /** Words as typed, such as `eod run`; the module and its page are `eod/run`. */
  readonly path: string;
  readonly summary: string;
  load(): Promise<{ readonly command: CommandModule }>;
}

/** The commands of a folder of `src/commands`; its groups with what `--help` says of them. */
export interface CommandDomain {
  readonly groups: Readonly<Record<string, string>>;
  readonly commands: readonly CommandEntry[];
}

/** `eod run` is described by `eod/run.md` and done by `eod/run.ts`; `check` by `check/check`. */
export function fileStem(path: string): string {
  const words = path.split(' ');
  return (words.length === 1 ? [path, path] : words).join('/');
}
