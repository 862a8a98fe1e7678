import { type Columns, recordTable, tableOf } from '../../files/report.js';
import { explainRule, type ImportRule, importRules } from '../../jobs/import/rules/explain-rule.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const COLUMNS: Columns<ImportRule> = {
  rule: 'text',
  of: 'text',
  means: 'text',
  toDo: ['text', 'what to do'],
};

export const command: CommandModule<[string | undefined], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd.argument('[rule]'));
  },
  async run(context, [code], options) {
    const way = wayOut(context, options);
    if (code !== undefined) {
      const rule = explainRule(code);
      const table = recordTable('rule', rule, {}, { inWords: true });
      await putReport(context, { head: {}, tables: [table] }, way, { document: rule });
      return undefined;
    }
    const rules = importRules();
    const table = tableOf('rules', COLUMNS, rules);
    await putReport(context, { head: {}, tables: [table] }, way, { document: { rules } });
    return undefined;
  },
};
