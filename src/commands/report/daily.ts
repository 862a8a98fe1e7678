import { EXIT, LoanbookError } from '../../errors.js';
import type { Report } from '../../files/report.js';
import { readTextFile } from '../../files/text-file.js';
import { loadBook } from '../../jobs/book/load-book.js';
import { checksBesideHash } from '../../jobs/eod/checks/check-day.js';
import { CHECK_NAMES } from '../../jobs/eod/checks/checks.js';
import { gatherMorning } from '../../jobs/morning/gather.js';
import { morningReport } from '../../jobs/morning/tables.js';
import { LANGUAGES, type Language } from '../../jobs/morning/words.js';
import {
  MORNING_FORMATS,
  type MorningFormat,
  morningFiles,
  writeMorning,
} from '../../jobs/morning/write-morning.js';
import { readLimits } from '../../jobs/operations/documents/limits-document.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { dayOption } from '../shell/day-option.js';
import { inBookByDays } from '../shell/day-sessions.js';
import { printOutcome } from '../shell/output.js';
import { putReport } from '../shell/put-report.js';

interface Options {
  readonly date?: string;
  readonly out?: string;
  readonly format?: string;
  readonly lang?: string;
  readonly limits?: string;
  readonly check?: boolean;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd
      .option('--date <date>')
      .option('--out <folder>')
      .option('--format <formats>')
      .option('--lang <language>')
      .option('--limits <file>')
      .option('--check');
  },
  async run(context, _args, options) {
    const asked = dayOption('--date', options.date);
    const language = languageOf(options.lang, context.env);
    const formats = formatsOf(options.format);
    const limits =
      options.limits === undefined
        ? []
        : readLimits(await readTextFile(options.limits), options.limits);
    const morning = await inBookByDays(context, 'loanbook report', async (client, helpers) => {
      const book = await loadBook(client);
      const day = asked ?? Math.max(book.businessDate - 1, book.firstBusinessDate);
      const isChecked = options.check === true && day < book.businessDate;
      const checks = isChecked ? await checksBesideHash(client, day) : null;
      const tied = { limits, checks, checkNames: CHECK_NAMES };
      return gatherMorning([client, ...helpers], book, day, tied);
    });
    const report = morningReport(morning, language);
    if (options.out === undefined) {
      await putReport(context, context.json ? report : onScreen(report), { raw: false });
      return;
    }
    const files = morningFiles(options.out, morning.day, formats);
    await writeMorning(morning, report, language, files);
    printOutcome(context, { ...report.head, red: morning.red, files });
  },
};

/** A screen is shown what is red, and the figures. */
function onScreen({ head, tables }: Report): Report {
  const shown = tables.filter(({ name }) => name === 'red' || name === 'figures');
  return { head, tables: shown.map((table) => ({ ...table, screen: { isOptional: true } })) };
}

/** What was asked for; else what the environment says of messages. */
function languageOf(asked: string | undefined, env: CommandContext['env']): Language {
  if (asked === undefined) {
    const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
    return locale.startsWith('zh') ? 'zh' : 'en';
  }
  const language = LANGUAGES.find((name) => name === asked);
  if (language !== undefined) return language;
  throw unknown('unknown_language', { option: '--lang', value: asked }, LANGUAGES);
}

function formatsOf(asked: string | undefined): MorningFormat[] {
  const names = asked === undefined ? ['html'] : asked.split(',').map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    const format = MORNING_FORMATS.find((each) => each === name);
    if (format !== undefined) return format;
    throw unknown('unknown_format', { option: '--format', value: name }, MORNING_FORMATS);
  });
}

function unknown(
  rule: string,
  evidence: Readonly<Record<string, string>>,
  known: readonly string[],
): LoanbookError {
  return new LoanbookError(rule, 'There is nothing of this name.', {
    exitCode: EXIT.usage,
    evidence: { ...evidence, known: known.join(', ') },
    next: 'Name one of them.',
  });
}
