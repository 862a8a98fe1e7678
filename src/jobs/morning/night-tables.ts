import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { Table, TableRow } from '../../files/table.js';
import type { Morning } from './gather.js';
import { ROWS_MAX } from './left-behind.js';
import { type ColumnOf, tableIn } from './table-in.js';
import { type Language, wordIn } from './words.js';

/** What the night did and what it left. */
export function nightTables(morning: Morning, language: Language): Table[] {
  return [
    stepTable(morning, language),
    checkTable(morning, language),
    breakTable(morning, language),
    heldTable(morning, language),
    rejectTable(morning, language),
    fileTable(morning, language),
  ];
}

function stepTable({ night, day }: Morning, language: Language): Table {
  const columns: ColumnOf[] = [
    ['step', 'text'],
    ['planned', 'time'],
    ['from', 'time'],
    ['to', 'time'],
    ['seconds', 'count'],
    ['median', 'count'],
    ['state', 'text'],
    ['command', 'text'],
  ];
  const date = formatDay(day);
  const rows = night.map(({ plan, job, ...step }) => ({
    ...step,
    command: plan === null ? 'loanbook runs list' : nightCommand(plan, job, date),
  }));
  return tableIn(language)('night', columns, rows);
}

/** A night that has not begun is in the list alone. */
function nightCommand(plan: string, job: string, date: string): string {
  return plan === job ? 'loanbook night status' : `loanbook night status ${plan} --date ${date}`;
}

function checkTable(
  { day, checks, checkNames, further, isSealed }: Morning,
  language: Language,
): Table {
  const said = isSealed ? 'held_at_seal' : 'unknown';
  const resultOf = ({ name, ok }: Morning['further'][number]) => ({
    ...{ check: name, result: wordIn(language, ok ? 'ok' : 'fails') },
  });
  const found =
    checks?.map(resultOf) ?? checkNames.map((check) => ({ check, result: wordIn(language, said) }));
  const rows = [...found, ...further.map(resultOf)].map((row) => ({
    ...row,
    command: `loanbook check ${row.check} --date ${formatDay(day)}`,
  }));
  const columns: ColumnOf[] = [
    ['check', 'text'],
    ['result', 'text'],
    ['command', 'text'],
  ];
  return tableIn(language)('checks', columns, rows);
}

function breakTable({ left, day }: Morning, language: Language): Table {
  const today = formatDay(day);
  const rows = left.breaks.rows.map(({ id, type, typeZh, since, difference, loanNo }) => ({
    number: id,
    type: language === 'zh' ? typeZh : type,
    since,
    age: (Date.parse(today) - Date.parse(since)) / 86_400_000,
    difference,
    loan: loanNo,
    command: `loanbook breaks show ${id}`,
  }));
  const columns: ColumnOf[] = [
    ['number', 'count'],
    ['type', 'text'],
    ['since', 'date'],
    ['age', 'count'],
    ['difference', 'amount'],
    ['loan', 'text'],
    ['command', 'text'],
  ];
  const more = left.breaks.opened.length - rows.length;
  return tableIn(language)('breaks', columns, [
    ...rows,
    ...moreRows(language, 'type', more, 'loanbook breaks list'),
  ]);
}

function heldTable({ left, day }: Morning, language: Language): Table {
  const command = `loanbook loan list --held --as-of ${formatDay(day)}`;
  const rows = left.held.rows.map(({ loanNo, since, reason }) => ({
    loan: loanNo,
    since,
    reason,
    command,
  }));
  const columns: ColumnOf[] = [
    ['loan', 'text'],
    ['since', 'date'],
    ['reason', 'text'],
    ['command', 'text'],
  ];
  const more = left.held.count - rows.length;
  return tableIn(language)('held', columns, [
    ...rows,
    ...moreRows(language, 'loan', more, command),
  ]);
}

function rejectTable({ left }: Morning, language: Language): Table {
  const rows = left.rejects.map(({ source, name, rows: count }) => ({
    source,
    rule: name,
    rows: count,
    command: source === 'event' ? 'loanbook runs list' : 'loanbook import list',
  }));
  const columns: ColumnOf[] = [
    ['source', 'text'],
    ['rule', 'text'],
    ['rows', 'count'],
    ['command', 'text'],
  ];
  return tableIn(language)('rejects', columns, rows);
}

function fileTable({ files, day }: Morning, language: Language): Table {
  const all = `loanbook files list --date ${formatDay(day)} --all`;
  const shown = files.slice(0, ROWS_MAX).map(({ rule, name, state, since, isLate, reason }) => ({
    file: rule,
    name,
    state,
    since,
    late: isLate ? wordIn(language, 'yes') : null,
    reason,
    command: rule === null ? all : `${all} --rule ${rule}`,
  }));
  const columns: ColumnOf[] = [
    ['file', 'text', 'rule_of_file'],
    ['name', 'text', 'file'],
    ['state', 'text'],
    ['since', 'time'],
    ['late', 'text', 'too_late'],
    ['reason', 'text'],
    ['command', 'text'],
  ];
  const more = files.length - shown.length;
  return tableIn(language)('files', columns, [...shown, ...moreRows(language, 'name', more, all)]);
}

/** One row that says how many are not shown. */
function moreRows(language: Language, key: string, more: number, command: string): TableRow[] {
  if (more <= 0) return [];
  return [{ [key]: `+${more} ${wordIn(language, 'more')}`, command }];
}
