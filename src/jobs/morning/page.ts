import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { escaped } from '../../files/html-report.js';
import type { Report } from '../../files/report.js';
import type { Cell, CellKind, Table, TableColumn, TableRow } from '../../files/table.js';
import { FIGURE_LINES, shownFigure } from './figure-list.js';
import type { Morning } from './gather.js';
import { STYLE } from './page-style.js';
import {
  bucketPicture,
  movePicture,
  nightPicture,
  percent,
  sparkline,
  vintagePicture,
} from './pictures.js';
import { figureName, type Language, wordIn } from './words.js';

/** A report whose rows are at hand. */
export interface CollectedReport extends Report {
  readonly tables: readonly CollectedTable[];
}

export interface CollectedTable extends Table {
  readonly rows: readonly TableRow[];
}

/**
 * A morning as one page that needs nothing else: no script, nothing loaded, every text escaped. Its
 * tables are those of `report`.
 */
export function morningPage(morning: Morning, report: CollectedReport, language: Language): string {
  const { day, red } = morning;
  const entity = String(report.head.entity ?? '');
  const title = `${wordIn(language, 'title')} ${entity} ${formatDay(day)}`;
  const head = [entity, formatDay(day), morning.currency];
  const tables = report.tables.map((table) => section(table, pictureOf(morning, table, language)));
  const [redSection = '', ...rest] = tables;
  const clear = `<p class="clear">${escaped(wordIn(language, 'all_clear'))}</p>`;
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><title>${escaped(title)}</title>
<style>${STYLE}</style></head><body>
<header><h1>${escaped(wordIn(language, 'title'))}</h1><p>${escaped(head.join(' · '))}</p></header>
<main>
${red.length === 0 ? clear : redSection.replace('<section', '<section class="red"')}
<div class="tiles">${tiles(morning, language)}</div>
${rest.join('\n')}
</main></body></html>
`;
}

function pictureOf(morning: Morning, { name }: Table, language: Language): string {
  switch (name) {
    case 'night':
      return nightPicture(morning, language) + noNight(morning, language);
    case 'bucketDays':
      return bucketPicture(morning, language);
    case 'moves':
      return movePicture(morning, language);
    case 'vintage':
      return vintagePicture(morning, language);
    default:
      return '';
  }
}

/** What runs there were, somebody began by hand. */
function noNight({ night }: Morning, language: Language): string {
  if (night.some(({ plan }) => plan !== null)) return '';
  return `<p class="none">${escaped(wordIn(language, 'no_night'))}</p>`;
}

function tiles(morning: Morning, language: Language): string {
  const { day, days, minorDigits, red } = morning;
  return FIGURE_LINES.filter(({ isTile }) => isTile)
    .map((line) => {
      const said = (at: number) => {
        const value = shownFigure(line, days.get(at), minorDigits);
        return escaped(shownCell(value, line.kind));
      };
      const isRed = red.includes(`limit:${line.key}`);
      return (
        `<div class="tile${isRed ? ' red' : ''}" data-figure="${line.key}">` +
        `<b>${escaped(figureName(language, line.key))}</b><span class="v">${said(day)}</span>` +
        `<small>${escaped(wordIn(language, 'yesterday'))} ${said(day - 1)}</small>` +
        `${sparkline(morning, line)}</div>`
      );
    })
    .join('\n');
}

function section({ name, title = name, columns, rows }: CollectedTable, drawn: string): string {
  const heads = columns.map((column) => {
    return `<th${placed(cssOf(column))}>${escaped(column.title)}</th>`;
  });
  const body = rows.map((row) => {
    const cells = columns.map(({ key, kind, title: column }) => {
      const shown = shownCell(row[key], kindOf(kind, row));
      const css = placed(key === 'command' ? 'c' : cssOf({ kind }));
      return `<td${css} data-k="${key}" data-t="${escaped(column)}">${escaped(shown)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<section id="${name}"><h2>${escaped(title)}</h2>${drawn}
<table><thead><tr>${heads.join('')}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></section>`;
}

/** Figures stand below each other by their last digit. */
function cssOf({ kind }: Pick<TableColumn, 'kind'>): string {
  return FIGURES.has(kind) ? 'n' : '';
}

const FIGURES: ReadonlySet<CellKind> = new Set<CellKind>(['amount', 'count', 'figure', 'rate']);

function placed(css: string): string {
  return css === '' ? '' : ` class="${css}"`;
}

/** A row of the figures says by its key what its cells hold. */
function kindOf(kind: CellKind, row: TableRow): CellKind {
  if (kind !== 'figure') return kind;
  return FIGURE_LINES.find(({ key }) => key === row.figure)?.kind ?? kind;
}

function shownCell(value: Cell, kind: CellKind): string {
  if (value === null || value === undefined) return '–';
  const text = String(value);
  if (kind === 'rate') return percent(text);
  if (kind !== 'amount' && kind !== 'count') return text;
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
