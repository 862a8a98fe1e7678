import { withClient } from '../db/connect.js';
import { requireMigrated } from '../db/migrate.js';
import { resolveTarget } from '../db/resolve-target.js';
import { EXIT } from '../errors.js';
import { checkDay } from '../jobs/eod/check-day.js';
import { CHECK_SETTINGS } from '../jobs/eod/finish-day.js';
import type { CommandModule } from './command-module.js';
import { dayOption } from './day-option.js';
import { printJson, printTable } from './output.js';

export const command: CommandModule<[string[]], { date?: string }> = {
  configure(cmd) {
    cmd.argument('[names...]').option('--date <date>');
  },
  async run(context, [names], options) {
    const date = dayOption('--date', options.date);
    const target = await resolveTarget(context.bookFolder, context.env);
    const result = await withClient(
      target,
      { applicationName: 'loanbook check', settings: CHECK_SETTINGS },
      async (client) => {
        await requireMigrated(client);
        return checkDay(client, names, date);
      },
    );
    const failed = result.checks.filter((check) => !check.ok);
    if (context.json) printJson(context.stdout, result);
    else {
      const rows = result.checks.map((check) => ({
        ...check,
        holds: check.ok ? 'holds' : 'FAILS',
      }));
      printTable(
        context.stdout,
        [
          { key: 'name', title: `checks of ${result.businessDate}` },
          { key: 'holds', title: '' },
          { key: 'says', title: 'that' },
          { key: 'milliseconds', title: 'ms', align: 'right' },
        ],
        rows,
      );
      for (const check of failed) {
        for (const found of check.differences) {
          const { place, expected, actual } = found;
          context.stdout.write(`${check.name}: ${place}: expected ${expected}, actual ${actual}\n`);
        }
      }
    }
    return failed.length > 0 ? EXIT.difference : EXIT.done;
  },
};
