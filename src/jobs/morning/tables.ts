import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { formatAmount } from '../../accounting/money/amount-text.js';
import type { Report } from '../../files/report.js';
import type { Table, TableColumn } from '../../files/table.js';
import { shownRate } from '../../operations/figures/ratio.js';
import { type CommandScene, FIGURE_LINES, shownFigure } from './figure-list.js';
import { daysShown, type Morning } from './gather.js';
import { nightTables } from './night-tables.js';
import { type ColumnOf, tableIn } from './table-in.js';
import { figureName, type Language, redMeaning } from './words.js';

/** Every table of a morning: the same rows on the page, in the workbook and in the document. */
export function morningReport(morning: Morning, language: Language): Report {
  const { day, entity, currency, isSealed, red } = morning;
  return {
    head: { businessDate: formatDay(day), entity, currency, sealed: isSealed, red: red.join(' ') },
    tables: [
      redTable(morning, language),
      figureTable(morning, language),
      daysTable(morning, language, 'days'),
      daysTable(morning, language, 'dayRates'),
      bucketTable(morning, language),
      bucketDaysTable(morning, language),
      moveTable(morning, language),
      ...(morning.monthEnds.size === 0 ? [] : [vintageTable(morning, language)]),
      movementTable(morning, language),
      ...nightTables(morning, language),
    ],
  };
}

function redTable({ day, red, allowanceAccount }: Morning, language: Language): Table {
  const table = tableIn(language);
  const rows = red.map((code) => ({
    code,
    meaning: redMeaning(language, code),
    command: redCommand(code, { day: formatDay(day), allowance: allowanceAccount }),
  }));
  const columns = [
    ['code', 'text'],
    ['meaning', 'text'],
    ['command', 'text'],
  ] as const;
  return table('red', columns, rows);
}

function redCommand(code: string, scene: CommandScene): string {
  const date = scene.day;
  const [kind = '', of = ''] = code.split(':');
  switch (kind) {
    case 'not_sealed':
      return 'loanbook eod status';
    case 'step':
      return 'loanbook runs list';
    case 'check':
      return `loanbook check ${of} --date ${date}`;
    case 'held':
      return `loanbook loan list --held --as-of ${date}`;
    case 'break_age':
      return 'loanbook breaks list';
    case 'file':
      return `loanbook files list --date ${date} --all --rule ${of}`;
    default:
      return FIGURE_LINES.find(({ key }) => key === of)?.command(scene) ?? '';
  }
}

function figureTable(morning: Morning, language: Language): Table {
  const { day, days, minorDigits, allowanceAccount } = morning;
  const scene = { day: formatDay(day), allowance: allowanceAccount };
  const rows = FIGURE_LINES.map((line) => ({
    figure: line.key,
    name: figureName(language, line.key),
    today: shownFigure(line, days.get(day), minorDigits),
    yesterday: shownFigure(line, days.get(day - 1), minorDigits),
    command: line.command(scene),
  }));
  const columns: ColumnOf[] = [
    ['figure', 'text', 'code'],
    ['name', 'text', 'figure'],
    ['today', 'figure'],
    ['yesterday', 'figure'],
    ['command', 'text'],
  ];
  return tableIn(language)('figures', columns, rows);
}

/** A column a figure that has a tile: counts and amounts, or rates. */
function daysTable(morning: Morning, language: Language, name: 'days' | 'dayRates'): Table {
  const lines = FIGURE_LINES.filter(
    ({ isTile, kind }) => isTile && (kind === 'rate') === (name === 'dayRates'),
  );
  const rows = daysShown(morning.day).map((day) => {
    const kept = morning.days.get(day);
    const cells = lines.map((line) => [line.key, shownFigure(line, kept, morning.minorDigits)]);
    return { date: formatDay(day), ...Object.fromEntries(cells) };
  });
  const titled = lines.map(
    ({ key, kind }): TableColumn => ({ key, kind, title: figureName(language, key) }),
  );
  const table = tableIn(language)(name, [['date', 'date']], rows);
  return { ...table, columns: [...table.columns, ...titled] };
}

const BUCKETS = Array.from({ length: 8 }, (_, bucket) => `M${bucket}`);

function bucketTable({ day, days, minorDigits }: Morning, language: Language): Table {
  const figures = days.get(day)?.figures;
  const rows = (figures?.buckets ?? []).map(({ loans, principal }, at) => ({
    bucket: BUCKETS[at]!,
    loans,
    principal: formatAmount(principal, minorDigits),
    share: shownRate({ num: principal, den: figures?.outstanding ?? 0n }),
    command: `loanbook loan list --bucket ${BUCKETS[at]} --on-book --as-of ${formatDay(day)}`,
  }));
  const columns: ColumnOf[] = [
    ['bucket', 'text'],
    ['loans', 'count'],
    ['principal', 'amount'],
    ['share', 'rate'],
    ['command', 'text'],
  ];
  return tableIn(language)('buckets', columns, rows);
}

function bucketDaysTable({ day: today, days, minorDigits }: Morning, language: Language): Table {
  const rows = daysShown(today).map((day) => {
    const buckets = days.get(day)?.figures.buckets;
    const cells = BUCKETS.map((name, at) => {
      const principal = buckets?.[at]?.principal;
      return [name, principal === undefined ? null : formatAmount(principal, minorDigits)];
    });
    return { date: formatDay(day), ...Object.fromEntries(cells) };
  });
  const table = tableIn(language)('bucketDays', [['date', 'date']], rows);
  const named = BUCKETS.map((key): TableColumn => ({ key, title: key, kind: 'amount' }));
  return { ...table, columns: [...table.columns, ...named] };
}

function moveTable({ day, days, minorDigits }: Morning, language: Language): Table {
  const moves = days.get(day)?.figures.moves ?? [];
  const rows = BUCKETS.flatMap((bucket) => {
    const own = moves.filter(({ from }) => from === bucket);
    const all = own.reduce((sum, { principal }) => sum + principal, 0n);
    return own.map(({ from, to, loans, principal }) => ({
      from,
      to,
      loans,
      principal: formatAmount(principal, minorDigits),
      share: shownRate({ num: principal, den: all }),
      command: `loanbook loan list --moved ${from}:${to} --as-of ${formatDay(day)}`,
    }));
  });
  const columns: ColumnOf[] = [
    ['from', 'text'],
    ['to', 'text'],
    ['loans', 'count'],
    ['principal', 'amount'],
    ['share', 'rate'],
    ['command', 'text'],
  ];
  return tableIn(language)('moves', columns, rows);
}

function vintageTable({ monthEnds, minorDigits }: Morning, language: Language): Table {
  const rows = [...monthEnds].flatMap(([day, { vintage }]) =>
    (vintage ?? []).map(({ cohort, disbursed, late }) => ({
      cohort,
      monthEnd: formatDay(day),
      mob: monthsBetween(cohort, formatDay(day)),
      disbursed: formatAmount(disbursed, minorDigits),
      late: formatAmount(late, minorDigits),
      rate: shownRate({ num: late, den: disbursed }),
    })),
  );
  const columns: ColumnOf[] = [
    ['cohort', 'text'],
    ['monthEnd', 'date'],
    ['mob', 'count'],
    ['disbursed', 'amount'],
    ['late', 'amount'],
    ['rate', 'rate'],
  ];
  const order = (row: (typeof rows)[number]) => `${row.cohort} ${row.monthEnd}`;
  rows.sort((left, right) => (order(left) < order(right) ? -1 : 1));
  return tableIn(language)('vintage', columns, rows);
}

function monthsBetween(cohort: string, day: string): number {
  const months = (text: string) => 12 * Number(text.slice(0, 4)) + Number(text.slice(5, 7));
  return months(day) - months(cohort);
}

function movementTable({ moves, minorDigits, day }: Morning, language: Language): Table {
  const rows = moves.map(({ loanNo, from, to, principal }) => ({
    loan: loanNo,
    from,
    to,
    principal: formatAmount(principal, minorDigits),
    command: isPlain(loanNo) ? `loanbook loan show ${loanNo} --as-of ${formatDay(day)}` : '',
  }));
  const columns: ColumnOf[] = [
    ['loan', 'text'],
    ['from', 'text'],
    ['to', 'text'],
    ['principal', 'amount'],
    ['command', 'text'],
  ];
  return tableIn(language)('movements', columns, rows);
}

/** A loan number is what somebody else wrote: in a command it must be one word of a shell. */
function isPlain(loanNo: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(loanNo);
}
