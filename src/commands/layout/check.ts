import { EXIT } from '../../errors.js';
import { findLayout } from '../../files/layout/find-layout.js';
import type { LayoutDocument } from '../../files/layout/layout-document.js';
import { type Report, recordTable, tableOf } from '../../files/report.js';
import { fieldsOf, maskTried, type TriedLayout, tryLayout } from '../../jobs/layouts/try-layout.js';
import type { CommandModule } from '../shell/command-module.js';
import { countOption } from '../shell/count-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

interface Flags extends ReportFlags {
  readonly rows?: string;
  readonly currency?: string;
}

const ROWS_DEFAULT = 10;
const ROWS_MAX = 1_000;

export const command: CommandModule<[string, string | undefined], Flags> = {
  configure(cmd) {
    cmd
      .argument('<layout>')
      .argument('[file]')
      .option('--rows <count>')
      .option('--currency <code>');
    configureReport(cmd);
  },
  async run(context, [nameOrPath, file], flags) {
    const inputs = file === undefined ? [] : [file];
    const way = wayOut(context, flags, ...inputs);
    const shown = countOption('--rows', flags.rows, 0, ROWS_MAX) ?? ROWS_DEFAULT;
    const layout = await findLayout(nameOrPath);
    if (file === undefined) {
      const said = { layout: nameOrPath, ...summaryOf(layout) };
      await putReport(context, { head: {}, tables: [recordTable('layout', said)] }, way);
      return undefined;
    }
    const { currency = 'CNY' } = flags;
    const tried = await tryLayout(layout, { file, currency, shown, signal: context.signal });
    await putReport(context, reportOf(nameOrPath, layout, maskTried(layout, tried)), way);
    if (tried.isUnterminated) context.note('The last line has no line end: is the file whole?');
    return tried.problems.length > 0 ? EXIT.tooManyRejects : undefined;
  },
};

function summaryOf(layout: LayoutDocument) {
  const { kind, format, charset, delimiter } = layout;
  const fields = fieldsOf(layout).join(', ');
  return { kind, format, charset, ...(format === 'delimited' && { delimiter }), fields };
}

function reportOf(name: string, layout: LayoutDocument, tried: TriedLayout): Report {
  const { file, rows, good, leftOut, total, provedBy, first, problems, rules } = tried;
  const columns = Object.fromEntries(fieldsOf(layout).map((field) => [field, 'text' as const]));
  const problemColumns = { line: 'count', field: 'text', rule: 'text', value: 'text' } as const;
  return {
    head: { layout: name, file, rows, good, leftOut, total, provedBy },
    main: 'first',
    tables: [
      tableOf('first', { line: 'count', ...columns }, first, { title: 'First rows' }),
      tableOf('problems', problemColumns, problems, { title: 'First problems' }),
      tableOf('rules', { rule: 'text', rows: 'count' }, rules, { title: 'Problems by rule' }),
    ],
  };
}
