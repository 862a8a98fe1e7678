import { basename } from 'node:path';
import type { Doubt, Examination } from '../../files/inspect/examination.js';
import { examineFile } from '../../files/inspect/examine-file.js';
import { startingLayout } from '../../files/inspect/starting-layout.js';
import { maskCell, shownTitles } from '../../files/mask.js';
import { requireOtherFile, requireRegularTarget, writeWhole } from '../../files/new-file.js';
import { type Report, tableOf } from '../../files/report.js';
import type { CommandModule } from '../shell/command-module.js';
import { printJson } from '../shell/output.js';
import { putReport } from '../shell/put-report.js';

interface InspectOptions {
  readonly out?: string;
  readonly sheet?: string;
}

/** Rows that a screen shows beside the columns. */
const ROWS_SHOWN = 3;

export const command: CommandModule<[string], InspectOptions> = {
  configure(cmd) {
    cmd.argument('<file>').option('--out <file>').option('--sheet <sheet>');
  },
  async run(context, [file], { out, sheet }) {
    if (out !== undefined) {
      requireRegularTarget(out);
      requireOtherFile(out, file);
    }
    const examination = shownOf(await examineFile(file, { sheet, signal: context.signal }));
    const layout = startingLayout(examination, layoutName(file));
    if (out !== undefined) await writeWhole(out, [layout]);
    // What a program reads is kept and passed on: it has no number of a person.
    if (context.json) printJson(context.stdout, { ...examination, layout, out });
    else await putReport(context, reportOf(examination, layout, out), { raw: false });
    return undefined;
  },
};

/** Its rows are somebody's, whatever they seem to hold. */
function shownOf(found: Examination): Examination {
  const { rows, doubts, columns } = found;
  const titles = shownTitles(columns.map(({ title }) => title));
  return {
    ...found,
    columns: columns.map((column, at) => ({ ...column, title: titles[at] ?? '' })),
    rows: rows.map((row) => ({ ...row, fields: row.fields.map(maskCell) })),
    doubts: doubts.map((doubt) =>
      doubt.value === undefined ? doubt : { ...doubt, value: maskCell(doubt.value) },
    ),
  };
}

/** The file's name without its endings. */
function layoutName(file: string): string {
  return basename(file).split('.')[0] || 'file';
}

function reportOf(found: Examination, layout: string, out: string | undefined): Report {
  const { columns, rows, doubts } = found;
  const shown = rows.slice(0, ROWS_SHOWN);
  const lines = columns.map(({ at, title, type, format, filled }) => ({
    at,
    title,
    type,
    format: format ?? null,
    filled,
    ...Object.fromEntries(shown.map(({ fields }, row) => [`row${row}`, fields[at - 1] ?? ''])),
  }));
  const table = tableOf(
    'columns',
    {
      at: 'count',
      title: 'text',
      type: 'text',
      format: 'text',
      filled: 'count',
      ...Object.fromEntries(shown.map(({ line }, row) => [`row${row}`, ['text', `line ${line}`]])),
    },
    lines,
  );
  const written = out === undefined ? [layout] : [`The layout is in ${out}.`];
  return { head: factsOf(found), tables: [table, doubtTable(doubts)], notes: written };
}

function factsOf(found: Examination): Report['head'] {
  const { file, container, format, charset, delimiter, quoting, sheet, isWhole } = found;
  return {
    file,
    container,
    format,
    charset,
    delimiter: delimiter === undefined ? undefined : JSON.stringify(delimiter),
    quoting,
    sheet,
    titles: found.titlesLine === undefined ? undefined : `line ${found.titlesLine}`,
    before: found.before,
    behind: found.behind,
    comment: found.comment.length === 0 ? undefined : found.comment.join(' '),
    trim: found.trim.length === 0 ? undefined : JSON.stringify(found.trim),
    looked: isWhole ? 'at every row' : 'at the first and the last rows',
  };
}

function doubtTable(doubts: readonly Doubt[]) {
  const columns = {
    doubt: 'text',
    line: 'count',
    column: 'text',
    value: 'text',
    says: 'text',
  } as const;
  const rows = doubts.map(({ rule, line, column, value, says }) => ({
    doubt: rule,
    line: line ?? null,
    column: column ?? null,
    value: value ?? null,
    says,
  }));
  return tableOf('doubts', columns, rows, { screen: { isOptional: true } });
}
