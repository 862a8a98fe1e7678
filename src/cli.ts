import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { GROUP_SUMMARIES, REGISTRY } from './commands/index.js';
import type { CommandEntry, CommandModule } from './commands/shell/command-module.js';
import { closingOf, describeFrom, readPage } from './commands/shell/command-page.js';
import {
  bookFolderOf,
  createContext,
  type GlobalOptions,
  type Host,
} from './commands/shell/context.js';
import { renderReport, reportOf } from './commands/shell/error-report.js';
import { LANGS, type Lang, langIn, langOf } from './commands/shell/lang/lang.js';
import { guardProcess } from './commands/shell/process-guard.js';
import { EXIT, type ExitCode } from './errors.js';
import { requireNothingPersonal } from './files/mask.js';
import { packageRoot } from './package-root.js';

/** Calls the chosen command: it runs it, or, in the test of the pages, only takes its options. */
type Invoke = (module: CommandModule, cmd: Command, entry: CommandEntry) => Promise<void>;

interface ProgramParts {
  readonly registry: readonly CommandEntry[];
  readonly host: Pick<Host, 'stdout' | 'stderr'>;
  readonly invoke: Invoke;
  /** Told the words understood so far: the group, then the whole path. */
  readonly onChosen?: (path: string) => void;
}

/** The command line as commander sees it; a command's module is imported when it is chosen. */
export function buildProgram(parts: ProgramParts): Command {
  const { registry, host, invoke, onChosen } = parts;
  const entries = new Map<Command, CommandEntry>();
  const groups = new Map<string, Command>();
  const loadChosen = async (_parent: Command, cmd: Command) => {
    const entry = entries.get(cmd);
    const group = [...groups].find(([, known]) => known === cmd)?.[0];
    onChosen?.(entry?.path ?? group ?? cmd.name());
    if (entry === undefined) return;
    const { command } = await entry.load();
    command.configure?.(cmd);
    // Only help needs the page, so only help pays for reading it.
    cmd.addHelpText('before', () => {
      describeFrom(readPage(entry.path), entry.path, cmd);
      return '';
    });
    cmd.addHelpText('after', () => closingOf(readPage(entry.path)));
    cmd.action(() => invoke(command, cmd, entry));
  };
  const program = emptyProgram(host).hook('preSubcommand', loadChosen);
  for (const entry of registry) {
    const words = entry.path.split(' ');
    const name = words.pop() ?? '';
    let parent = program;
    for (const at of words.keys()) {
      const path = words.slice(0, at + 1).join(' ');
      const group = groups.get(path) ?? newGroup(parent, path, loadChosen);
      groups.set(path, group);
      parent = group;
    }
    entries.set(parent.command(name).description(entry.summary), entry);
  }
  return program;
}

/** A group of commands, such as `gl`, or of one group's, such as `gl export`. */
function newGroup(
  parent: Command,
  path: string,
  loadChosen: (parent: Command, cmd: Command) => Promise<void>,
): Command {
  const name = path.slice(path.lastIndexOf(' ') + 1);
  const group = parent.command(name).description(GROUP_SUMMARIES[path] ?? '');
  return group.helpCommand(false).hook('preSubcommand', loadChosen);
}

function emptyProgram(host: ProgramParts['host']): Command {
  return new Command('loanbook')
    .description('Runs a consumer loan book on PostgreSQL.')
    .option('--book <dir>', 'folder of the book (LOANBOOK_HOME, else ./.loanbook)')
    .option('--json', 'print data, and an error, as one JSON document')
    .option('-q, --quiet', 'no progress and no notes, only data, warnings and errors')
    .addOption(
      new Option('--lang <lang>', 'what people read is in (LC_ALL, LC_MESSAGES, LANG)').choices(
        LANGS,
      ),
    )
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      // Errors are reported by reportOf; only help that was not asked for would come this way.
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => host.stdout.columns ?? 80,
    })
    .exitOverride();
}

function packageVersion(): string {
  const manifest = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** `help eod run` is the same as `eod run --help`. */
function withoutHelpCommand(args: readonly string[]): string[] {
  return args[0] === 'help' ? [...args.slice(1), '--help'] : [...args];
}

/** What an error report needs to know, as far as the command line has been understood. */
interface Scene {
  json: boolean;
  readonly lang: Lang;
  bookFolder: string;
  commandPath: string;
}

/** Before parsing, because a line that does not parse is reported too. */
function newScene(args: readonly string[], env: Host['env']): Scene {
  const words = args.slice(0, endOfOptions(args));
  const lang = langOf(langIn(words), env);
  return {
    json: words.includes('--json'),
    lang,
    bookFolder: bookFolderOf({}, env),
    commandPath: '',
  };
}

function endOfOptions(args: readonly string[]): number {
  const at = args.indexOf('--');
  return at < 0 ? args.length : at;
}

/** Runs one command line on `host` and reports its error, if any. Never throws. */
export async function runCommandLine(
  args: readonly string[],
  host: Host & { readonly isStdoutClosed?: () => boolean },
  registry: readonly CommandEntry[] = REGISTRY,
  scene: Scene = newScene(args, host.env),
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = buildProgram({
    registry,
    host,
    onChosen: (path) => {
      scene.commandPath = path;
      scene.bookFolder = bookFolderOf(program.opts<GlobalOptions>(), host.env);
    },
    invoke: async (module, cmd) => {
      host.signal.throwIfAborted();
      refusePersonal(cmd.opts());
      const context = createContext(host, cmd.optsWithGlobals<GlobalOptions>());
      exitCode = (await module.run(context, cmd.processedArgs, cmd.opts())) ?? EXIT.done;
    },
  });
  try {
    await program.parseAsync(withoutHelpCommand(args), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    if (host.isStdoutClosed?.() && isBrokenPipe(error)) return EXIT.done;
    const report = reportOf(error, { ...scene, wasInterrupted: host.signal.aborted });
    host.stderr.write(renderReport(report, scene.json, scene.lang));
    return report.exitCode;
  }
}

/** What is said of an act, by the options of whatever command. */
const SAID = { reason: '--reason', note: '--note', acceptUnproven: '--accept-unproven' } as const;

/** Throws LoanbookError `reason_is_personal` (2). */
function refusePersonal(flags: Readonly<Record<string, unknown>>): void {
  for (const [key, option] of Object.entries(SAID)) {
    const said = flags[key];
    if (typeof said === 'string') requireNothingPersonal(option, said);
  }
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

/** The process: runs the command line and gives its exit code. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const scene = newScene(args, process.env);
  const host = guardProcess((error, wasInterrupted) =>
    renderReport(reportOf(error, { ...scene, wasInterrupted }), scene.json, scene.lang),
  );
  return runCommandLine(args, host, REGISTRY, scene);
}
