import type { TableColumn } from '../../files/table.js';
import { AGE_BANDS, BREAK_COLUMNS, type ReconcileReport, STATEMENT_COLUMNS } from './report.js';

/** Open breaks that a page lists; a workbook lists them all. */
const ROWS_MAX = 1_000;
/** One shade an age band: the older, the darker. */
const SHADES = ['#c6dbef', '#9ecae1', '#6baed6', '#3182bd', '#08519c'] as const;

/** The report as one HTML page without any outside resource: it can be mailed and filed. */
export function reportPage(report: ReconcileReport): string {
  const { businessDate, entity, breaks, statements } = report;
  const cut = breaks.length > ROWS_MAX ? `，本页列示前${ROWS_MAX}笔，全部见工作簿` : '';
  const title = `对账报告 ${escapeHtml(entity)} ${businessDate}`;
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>${title}</title>
<style>
body{font:14px/1.5 sans-serif;margin:2em;color:#222}
table{border-collapse:collapse;margin:1em 0}
th,td{border:1px solid #ccc;padding:.2em .6em;white-space:nowrap}
th{background:#f2f2f2}td.n{text-align:right;font-variant-numeric:tabular-nums}
</style></head><body>
<h1>${title}</h1>
<p>未处理差异 ${breaks.length} 笔${cut}</p>
<h2>差异类型与账龄</h2>
${chart(report)}
<h2>对账单</h2>
${table(STATEMENT_COLUMNS, statements)}
<h2>未处理差异</h2>
${table(BREAK_COLUMNS, breaks.slice(0, ROWS_MAX))}
</body></html>
`;
}

const LABEL = 190;
const BAR = 480;
const ROW = 26;

/** Bars of open breaks by type, stacked by age. */
function chart({ ages }: ReconcileReport): string {
  const totals = ages.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...totals);
  const rows = ages.map(({ title, counts }, at) => {
    const y = at * ROW + 30;
    let before = 0;
    const bars = counts.map((count, band) => {
      const x = LABEL + Math.floor((before * BAR) / most);
      before += count;
      const width = LABEL + Math.floor((before * BAR) / most) - x;
      const says = `${title} ${AGE_BANDS[band]!.title}: ${count}`;
      const box = `x="${x}" y="${y}" width="${count === 0 ? 0 : Math.max(1, width)}" height="18"`;
      return `<rect ${box} fill="${SHADES[band]}"><title>${says}</title></rect>`;
    });
    const end = LABEL + Math.floor((totals[at]! * BAR) / most) + 6;
    return (
      `<text x="${LABEL - 8}" y="${y + 14}" text-anchor="end">${title}</text>${bars.join('')}` +
      `<text x="${end}" y="${y + 14}">${totals[at]}</text>`
    );
  });
  const legend = AGE_BANDS.map(({ title }, band) => {
    const x = LABEL + band * 90;
    const box = `<rect x="${x}" y="4" width="14" height="14" fill="${SHADES[band]}"/>`;
    return `${box}<text x="${x + 18}" y="16">${title}</text>`;
  });
  const size = `width="760" height="${ages.length * ROW + 40}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-size="13" role="img">
<title>未处理差异，按类型与账龄</title>
${legend.join('')}
${rows.join('\n')}
</svg>`;
}

function table(columns: readonly TableColumn[], rows: readonly object[]): string {
  const head = columns.map(({ title }) => `<th>${title}</th>`).join('');
  const body = rows.map((row) => {
    const cells = columns.map(({ key, kind }) => {
      const value = escapeHtml(String(Reflect.get(row, key) ?? ''));
      return kind === 'amount' || kind === 'count'
        ? `<td class="n">${value}</td>`
        : `<td>${value}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
