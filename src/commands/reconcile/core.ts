import { parseAmount } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { type Columns, type Report, tableOf } from '../../files/report.js';
import {
  type CoreBreak,
  type CoreComparison,
  reconcileCore,
} from '../../jobs/reconcile/core-balances.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import {
  configureReport,
  isForScreen,
  putReport,
  type ReportFlags,
  sendReport,
  wayOut,
} from '../shell/put-report.js';
import { configureSender, type SenderFlags, senderSays } from '../shell/sender-options.js';

interface Options extends SenderFlags, ReportFlags {
  readonly asOf: string;
  readonly tolerance?: string;
}

/** Breaks that are shown without a file. */
const SHOWN = 20;

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    configureSender(cmd);
    cmd.argument('<file>').requiredOption('--as-of <date>').option('--tolerance <units>');
    configureReport(cmd);
  },
  async run(context, [file], options) {
    const date = dayOption('--as-of', options.asOf)!;
    const tolerance = toleranceOf(options.tolerance);
    const way = wayOut(context, options, file);
    const send = async (breaks: AsyncIterable<CoreBreak>) => {
      await sendReport(context, breaksReport(breaks), way);
    };
    const found = await inBook(context, (client) =>
      reconcileCore(client, file, {
        date,
        tolerance,
        most: SHOWN,
        says: senderSays(options),
        ...(isForScreen(way) ? {} : { write: send }),
      }),
    );
    const shown = isForScreen(way) ? way : way.file === undefined ? undefined : { raw: false };
    if (shown !== undefined) {
      await putReport(context, reportOf(found, way.file), shown, { document: found });
    }
    return found.breaks === 0 ? EXIT.done : EXIT.difference;
  },
};

function toleranceOf(text: string | undefined): number {
  const value = text === undefined ? 0 : parseAmount(text, 0);
  if (value !== undefined && value >= 0) return value;
  throw new LoanbookError('malformed_number', '--tolerance is no count of minor units', {
    exitCode: EXIT.usage,
    evidence: { option: '--tolerance', value: text ?? '' },
    next: 'give a whole number from 0; 1 is one fen',
  });
}

const COLUMNS: Columns<CoreBreak> = {
  kind: ['text', 'break'],
  loanNo: ['text', 'loan'],
  measure: 'text',
  here: 'figure',
  there: 'figure',
};

const KINDS = {
  kind: ['text', 'break'],
  measure: 'text',
  loans: 'count',
  difference: ['figure', 'here less there'],
} as const;

/** All of them, as they come. */
function breaksReport(breaks: AsyncIterable<CoreBreak>): Report {
  return { head: {}, tables: [tableOf('breaks', COLUMNS, breaks)] };
}

function reportOf(found: CoreComparison, file: string | undefined): Report {
  const { businessDate, loansHere, loansThere, compared, breaks, byKind, first } = found;
  const counts = `${businessDate}: ${loansHere} loans here, ${loansThere} in the file`;
  const result = breaks === 0 ? 'no difference' : `${breaks} differences`;
  const more = file === undefined ? 'and more: --out FILE lists all' : `all of them: ${file}`;
  const screen = { isOptional: true };
  return {
    head: {},
    headline: [counts, `compared: ${compared.join(', ')}`, result].join('\n'),
    tables: [
      tableOf('byKind', KINDS, byKind, { screen }),
      tableOf('first', COLUMNS, first, { screen }),
    ],
    notes: breaks > first.length ? [more] : [],
  };
}
