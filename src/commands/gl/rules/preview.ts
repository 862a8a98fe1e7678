import { type Report, tableOf } from '../../../files/report.js';
import { readTextFile } from '../../../files/text-file.js';
import { previewRules, type RulesPreview } from '../../../jobs/ledger/preview-rules.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { dayOption } from '../../shell/day-option.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../../shell/put-report.js';

interface Options extends ReportFlags {
  readonly from: string;
  readonly to: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<file>').requiredOption('--from <date>').requiredOption('--to <date>');
    configureReport(cmd);
  },
  async run(context, [file], options) {
    const from = dayOption('--from', options.from)!;
    const to = dayOption('--to', options.to)!;
    const way = wayOut(context, options, file);
    const text = await readTextFile(file);
    const found = await inBook(context, (client) => previewRules(client, text, file, { from, to }));
    await putReport(context, reportOf(found), way, { document: found });
    return undefined;
  },
};

const CHANGED = {
  businessDate: ['date', 'date'],
  product: 'text',
  org: 'text',
  movement: 'text',
  of: 'text',
  amount: 'amount',
  posted: 'text',
  wouldPost: ['text', 'would post'],
} as const;

function reportOf({ from, to, postings, changed, accounts, untold }: RulesPreview): Report {
  const screen = { isOptional: true };
  return {
    head: { from, to, postings },
    headline: `${from} to ${to}: ${changed.length} of ${postings} postings would have changed`,
    tables: [
      tableOf('changed', CHANGED, changed, { screen }),
      tableOf('accounts', { account: 'text', difference: 'amount' }, accounts, { screen }),
      tableOf('untold', { businessDate: 'date', movement: 'text' }, untold, {
        screen: {
          sentence: ({ businessDate, movement }) =>
            `${businessDate}: the journal does not tell what ${movement} moved`,
        },
      }),
    ],
  };
}
