import { EXIT, LoanbookError } from '../../errors.js';
import type { Report } from '../../files/report.js';
import { readTextFile } from '../../files/text-file.js';
import { loadBook } from '../../jobs/book/load-book.js';
import { checksBesideHash } from '../../jobs/eod/checks/check-day.js';
import { checkLimitsOf } from '../../jobs/eod/checks/check-limits.js';
import { CHECK_NAMES } from '../../jobs/eod/checks/checks.js';
import { gatherMorning } from '../../jobs/morning/gather.js';
import { morningReport } from '../../jobs/morning/tables.js';
import {
  MORNING_FORMATS,
  type MorningFormat,
  morningFiles,
  writeMorning,
} from '../../jobs/morning/write-morning.js';
import { readLimits } from '../../jobs/operations/documents/limits-document.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { inBookByDays } from '../shell/day-sessions.js';
import { printOutcome } from '../shell/output.js';
import { putReport } from '../shell/put-report.js';

interface Options {
  readonly date?: string;
  readonly out?: string;
  readonly format?: string;
  readonly limits?: string;
  readonly check?: boolean;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd
      .option('--date <date>')
      .option('--out <folder>')
      .option('--format <formats>')
      .option('--limits <file>')
      .option('--check');
  },
  async run(context, _args, options) {
    const asked = dayOption('--date', options.date);
    const language = context.lang;
    const formats = formatsOf(options.format);
    const limits =
      options.limits === undefined
        ? []
        : readLimits(await readTextFile(options.limits), options.limits);
    const morning = await inBookByDays(context, 'loanbook report', async (client, helpers) => {
      const book = await loadBook(client);
      const day = asked ?? Math.max(book.businessDate - 1, book.firstBusinessDate);
      const isSealed = day >= book.firstBusinessDate && day < book.businessDate;
      const isChecked = options.check === true && isSealed;
      const checks = isChecked ? await checksBesideHash(client, day) : null;
      // A book without plans has nothing that the bounds of joint loans are about.
      const isJoint = [...book.groups.values()].some(({ plan }) => plan !== null);
      const further = isSealed && isJoint ? [await checkLimitsOf(client, day)] : [];
      const tied = { limits, checks, checkNames: CHECK_NAMES, further };
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

function formatsOf(asked: string | undefined): MorningFormat[] {
  const names = asked === undefined ? ['html'] : asked.split(',').map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    const format = MORNING_FORMATS.find((each) => each === name);
    if (format !== undefined) return format;
    throw new LoanbookError('unknown_format', 'There is no such format.', {
      exitCode: EXIT.usage,
      evidence: { option: '--format', value: name, known: MORNING_FORMATS.join(', ') },
      next: 'Name one of them.',
    });
  });
}
