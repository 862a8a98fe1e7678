import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { type Outage, outageOf, sqlStateOf } from '../../db/outage.js';
import { type Evidence, EXIT, type ExitCode, LoanbookError } from '../../errors.js';
import { maskText, maskTexts } from '../../files/mask.js';
import { appendPrivate } from '../../files/new-file.js';
import { fileTrouble } from './file-trouble.js';
import { type Lang, say } from './lang/lang.js';

/** What a user sees of an error, and what the process exits with. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly evidence: Evidence;
  readonly rows?: readonly Evidence[];
  readonly next?: string;
  readonly exitCode: ExitCode;
}

export interface ErrorScene {
  readonly bookFolder: string;
  /** The command that ran or was meant to run, such as `eod run`. */
  readonly commandPath: string;
  readonly wasInterrupted: boolean;
}

const ERROR_LOG = 'loanbook-error.log';

/** Turns whatever was thrown into a report; a defect goes to the error log with its stack. */
export function reportOf(error: unknown, scene: ErrorScene): ErrorReport {
  if (error instanceof CommanderError) return usageReport(error, scene.commandPath);
  if (scene.wasInterrupted && !isOwnWord(error)) return interruptedReport(error);
  const outage = outageOf(error);
  if (error instanceof LoanbookError) return refusalReport(heldUp(error, outage));
  if (isRefusal(error)) return refusalReport(error);
  if (outage !== undefined) return outageReport(error, outage);
  const trouble = fileTrouble(error);
  if (trouble !== undefined) return refusalReport(trouble);
  if (isOutOfResources(error)) return outOfResourcesReport(error);
  return defectReport(error, scene);
}

/**
 * `error: ...`, its evidence and the next step as lines, or one JSON document on one line, which is
 * the same in every language; without a number of a person, in whatever it may have come.
 */
export function renderReport(report: ErrorReport, json: boolean, lang: Lang = 'en'): string {
  const { code, message, evidence, rows = [], next } = maskTexts(report);
  if (json) {
    const told = rows.length > 0 ? { rows } : {};
    return `${JSON.stringify({ error: { code, message, evidence, ...told, next } })}\n`;
  }
  const lines = Object.entries(evidence)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${key}: ${indentRest(String(value))}`);
  lines.push(...rows.map((row) => `  ${indentRest(rowLine(row))}`));
  const part = (name: string, text: string) => `${say(lang, name)}: ${indentRest(say(lang, text))}`;
  if (next !== undefined) lines.push(part('next', next));
  return `${[part('error', message), ...lines].join('\n')}\n`;
}

/** Such as `line: 2, loan: A1, rule: missing_field`; what is empty is left out. */
export function rowLine(row: Evidence): string {
  const told = Object.entries(row).filter(([, value]) => value !== undefined && value !== '');
  return told.map(([key, value]) => `${key}: ${value}`).join(', ');
}

function indentRest(text: string): string {
  return text.trimEnd().replaceAll('\n', '\n    ');
}

function usageReport(error: CommanderError, commandPath: string): ErrorReport {
  const message =
    error.code === 'commander.help'
      ? 'a command is missing'
      : error.message.replace(/^error: /, '').replace('\n', ' ');
  const command = ['loanbook', commandPath, '--help'].filter((word) => word !== '').join(' ');
  return {
    code: 'usage',
    message,
    evidence: {},
    next: `See \`${command}\`.`,
    exitCode: EXIT.usage,
  };
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly evidence: Evidence;
  readonly rows?: readonly Evidence[];
  readonly next?: unknown;
  readonly exitCode?: unknown;
}

/** The pure core refuses with values of its own: they carry a code, a message and evidence. */
function isRefusal(error: unknown): error is Refusal {
  if (typeof error !== 'object' || error === null || !('evidence' in error)) return false;
  const { code, message, evidence } = error as Partial<Record<keyof Refusal, unknown>>;
  const isText = typeof code === 'string' && typeof message === 'string';
  return isText && typeof evidence === 'object' && evidence !== null;
}

const EXIT_CODES: readonly unknown[] = Object.values(EXIT);

function refusalReport({ code, message, evidence, rows, next, exitCode }: Refusal): ErrorReport {
  const known = EXIT_CODES.includes(exitCode) && exitCode !== EXIT.done;
  return {
    code,
    message,
    evidence,
    rows,
    next: typeof next === 'string' ? next : undefined,
    exitCode: known ? (exitCode as ExitCode) : EXIT.failed,
  };
}

/** What a command says of itself counts after a signal too, but not what the signal broke. */
function isOwnWord(error: unknown): boolean {
  return error instanceof LoanbookError && outageOf(error) === undefined;
}

/** A failure with an outage behind it may be gone by itself: the same words, another exit code. */
function heldUp(error: LoanbookError, outage: Outage | undefined): Refusal {
  const { code, message, evidence, rows, next, exitCode } = error;
  const isHeldUp = outage !== undefined && exitCode === EXIT.failed;
  return { code, message, evidence, rows, next, exitCode: isHeldUp ? EXIT.locked : exitCode };
}

function outageReport(error: unknown, { code, message, next }: Outage): ErrorReport {
  return { code, message, evidence: serverEvidence(error), next, exitCode: EXIT.locked };
}

/** Disk full, out of memory, a limit of the server's settings: SQLSTATE class 53. */
function isOutOfResources(error: unknown): boolean {
  return sqlStateOf(error)?.startsWith('53') ?? false;
}

function outOfResourcesReport(error: unknown): ErrorReport {
  return {
    code: 'server_out_of_resources',
    message: 'The database server ran out of something.',
    evidence: serverEvidence(error),
    next: 'Nothing of this step was kept: give the server what it lacks, and run the same again.',
    exitCode: EXIT.failed,
  };
}

function serverEvidence(error: unknown): Evidence {
  const where = error instanceof Error && 'where' in error ? String(error.where ?? '') : '';
  const [line = ''] = where.split('\n');
  return {
    reason: sentenceOf(error),
    sqlstate: sqlStateOf(error),
    where: line === '' ? undefined : line,
  };
}

/** After a signal whatever breaks is a consequence of it: the cause stays as evidence. */
function interruptedReport(error: unknown): ErrorReport {
  const isAbort = error instanceof Error && error.name === 'AbortError';
  return {
    code: 'interrupted',
    message: 'interrupted',
    evidence: isAbort ? {} : { stoppedWith: sentenceOf(error) },
    next: 'Run the same command again: a job resumes where it stopped.',
    exitCode: EXIT.interrupted,
  };
}

function defectReport(error: unknown, scene: ErrorScene): ErrorReport {
  const name = codeOrName(error);
  return {
    code: 'internal',
    message: `internal error (${name}): ${sentenceOf(error)}`,
    evidence: { ...evidenceIn(error), ...appendToErrorLog(error, scene) },
    next: 'This is a defect: report it with the log file.',
    exitCode: EXIT.failed,
  };
}

/** A broken invariant names the values that broke it. */
function evidenceIn(error: unknown): Evidence {
  if (!(error instanceof Error) || !('evidence' in error)) return {};
  return { ...(error.evidence as Evidence) };
}

function codeOrName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code !== '' ? code : error.name;
}

function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return sentenceOf(error.errors[0]);
  return error instanceof Error ? error.message || error.name : String(error);
}

function appendToErrorLog(error: unknown, scene: ErrorScene): Evidence {
  const file = join(scene.bookFolder, ERROR_LOG);
  const head = `${new Date().toISOString()} loanbook ${scene.commandPath}, node ${process.version}`;
  try {
    mkdirSync(scene.bookFolder, { recursive: true });
    appendPrivate(file, maskText(`${head}\n${stackOf(error)}\n\n`));
    return { log: file };
  } catch (failure) {
    return { log: `not written: ${sentenceOf(failure)}` };
  }
}

function stackOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  if (error.cause === undefined || depth >= 5) return stack;
  return `${stack}\ncaused by: ${stackOf(error.cause, depth + 1)}`;
}
