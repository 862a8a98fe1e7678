import { tableOf } from '../../files/report.js';
import { listProducts } from '../../jobs/book/product-queries.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS = {
  code: ['text', 'product'],
  version: 'count',
  effectiveFrom: ['date', 'effective from'],
  loans: 'count',
  name: 'text',
} as const;

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const products = await inBook(context, listProducts);
    const report = { head: {}, tables: [tableOf('products', COLUMNS, products)] };
    await putReport(context, report, way, { document: { products } });
    return undefined;
  },
};
