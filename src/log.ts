import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import type { Writable } from 'node:stream';
import type { Logger, pino } from 'pino';

export type { Logger } from 'pino';

export interface LogOptions {
  /** Only warnings and errors. */
  readonly quiet?: boolean;
  /** LOANBOOK_LOG_LEVEL; an unknown name falls back to info. */
  readonly level?: string;
  /** Takes out of every text of a line what nobody may read there: numbers of persons. */
  readonly mask: (entry: LogEntry) => LogEntry;
  /** LOANBOOK_NIGHT: what this process is a child of, as plan/date/job/attempt. */
  readonly night?: string;
}

export type LogEntry = Readonly<Record<string, unknown>>;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
/** Columns of a log line that a person does not need to see again. */
const HIDDEN_KEYS = new Set(['level', 'time', 'msg', 'err', 'host']);
const CLEAR_LINE = '\r\x1b[K';

/**
 * A logger on `stream`: one JSON document a line, or, on a terminal, a line for people. Neither
 * carries a number of a person, nor a stack trace: `err` is reduced to its type and message, and
 * its code is the line's. Every line names this machine and, in a child of a night, what it is run
 * for.
 */
export function createLog(
  stream: Writable & { readonly isTTY?: boolean },
  options: LogOptions,
): Logger {
  // Required, not imported: a getter must give it at once, and it costs 20 ms to load.
  const load = createRequire(import.meta.url)('pino') as typeof pino;
  const named = LEVELS.includes(options.level ?? '') ? options.level : 'info';
  const isMuted = options.quiet && LEVELS.indexOf(named ?? '') < LEVELS.indexOf('warn');
  return load(
    {
      base: { host: hostname(), ...childOf(options.night) },
      level: isMuted ? 'warn' : named,
      formatters: { level: (label) => ({ level: label }), log: withCode },
      serializers: { err: errorSummary },
      timestamp: load.stdTimeFunctions.isoTime,
    },
    {
      write: (line) => {
        const entry = options.mask(JSON.parse(line) as LogEntry);
        stream.write(stream.isTTY ? lineForPeople(entry) : `${JSON.stringify(entry)}\n`);
      },
    },
  );
}

function childOf(night = ''): LogEntry {
  const [plan, date, job, attempt] = night.split('/');
  return attempt === undefined ? {} : { plan, date, job, attempt: Number(attempt) };
}

function withCode(entry: Record<string, unknown>): Record<string, unknown> {
  const { err } = entry;
  return err instanceof Error && 'code' in err ? { code: err.code, ...entry } : entry;
}

function errorSummary(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return { type: error.name, message: error.message };
}

/** The line of a progress bar is cleared first; the bar draws itself again at its next step. */
function lineForPeople(entry: LogEntry): string {
  const time = new Date(String(entry.time)).toTimeString().slice(0, 8);
  const level = entry.level === 'info' ? '' : `${String(entry.level)}: `;
  const error = entry.err as { message?: string } | undefined;
  const fields = Object.entries(entry)
    .filter(([key]) => !HIDDEN_KEYS.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  if (error?.message !== undefined) fields.push(`(${error.message})`);
  return `${CLEAR_LINE}${[time, `${level}${String(entry.msg ?? '')}`, ...fields].join(' ')}\n`;
}
