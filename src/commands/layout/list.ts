import { layoutText, packagedNames } from '../../files/layout/find-layout.js';
import { layoutOf } from '../../files/layout/layout-document.js';
import { tableOf } from '../../files/report.js';
import { migratedLayout } from '../../jobs/layouts/migrate-layout.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS = {
  name: 'text',
  kind: 'text',
  format: 'text',
  charset: 'text',
  columns: 'count',
  title: 'text',
} as const;

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const layouts = await Promise.all(packagedNames().map(listed));
    const report = { head: {}, tables: [tableOf('layouts', COLUMNS, layouts)] };
    await putReport(context, report, way, { document: { layouts } });
    return undefined;
  },
};

async function listed(name: string) {
  const { text, source } = await layoutText(name);
  const { layout } = migratedLayout(text, source);
  const { kind, format, charset, columns, layout: title } = layoutOf(layout, source);
  return { name, kind, format, charset, columns: columns.length, title };
}
