import { maskedReport } from './masked-report.js';
import type { Report } from './report.js';
import type { Cell, Table } from './table.js';

const STYLE = `body{font-family:sans-serif;margin:2em;color:#111}
table{border-collapse:collapse;margin:0 0 1.5em}
th,td{border:1px solid #999;padding:.25em .6em;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}
table.signatures td{height:2.6em;min-width:11em}
@media print{body{margin:0}thead{display:table-header-group}tr{break-inside:avoid}}`;

/**
 * A report as one HTML page that needs nothing else: to print and to sign. Every text in it is
 * escaped; nothing runs and nothing is loaded.
 */
export async function* htmlPieces(title: string, report: Report): AsyncGenerator<string> {
  const { head, tables, notes = [] } = maskedReport(report);
  yield `<!DOCTYPE html>\n<html lang="zh">\n<head><meta charset="utf-8"><title>${escaped(title)}`;
  yield `</title>\n<style>${STYLE}</style></head>\n<body>\n<h1>${escaped(title)}</h1>\n<table>\n`;
  for (const [key, value] of Object.entries(head)) {
    yield `<tr><th>${escaped(key)}</th><td>${escaped(textOf(value))}</td></tr>\n`;
  }
  yield '</table>\n';
  for (const table of tables) yield* htmlTable(table);
  for (const note of notes) yield `<p>${escaped(note)}</p>\n`;
  yield '</body>\n</html>\n';
}

async function* htmlTable({ name, title, columns, rows }: Table): AsyncGenerator<string> {
  yield `<h2>${escaped(title ?? name)}</h2>\n<table class="${escaped(name)}">\n<thead><tr>`;
  for (const column of columns) yield `<th>${escaped(column.title)}</th>`;
  yield '</tr></thead>\n<tbody>\n';
  for await (const row of rows) {
    const cells = columns.map(({ key, kind }) => {
      const isNumber = kind === 'amount' || kind === 'count' || kind === 'figure';
      return `<td${isNumber ? ' class="n"' : ''}>${escaped(textOf(row[key]))}</td>`;
    });
    yield `<tr>${cells.join('')}</tr>\n`;
  }
  yield '</tbody>\n</table>\n';
}

function textOf(value: Cell): string {
  return value === null || value === undefined ? '' : String(value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

/** Text as it may stand in a page, between tags and in an attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
