import { tableOf } from '../../files/report.js';
import { schedulerStatus } from '../../jobs/plan/schedule/scheduler-status.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { configureReport, putReport, type ReportFlags, wayOut } from '../shell/put-report.js';

const SCHEDULERS = {
  host: 'text',
  process: 'text',
  state: 'text',
  looked: 'time',
  secondsAgo: ['count', 'seconds ago'],
  began: 'time',
} as const;

const PLANS = {
  plan: 'text',
  version: 'count',
  state: 'text',
  date: 'date',
  due: 'time',
  problem: 'text',
} as const;

export const command: CommandModule<[], ReportFlags> = {
  configure(cmd) {
    configureReport(cmd);
  },
  async run(context, _args, flags) {
    const way = wayOut(context, flags);
    const status = await inBook(context, schedulerStatus);
    const report = {
      head: {},
      main: 'plans',
      tables: [
        tableOf('schedulers', SCHEDULERS, status.schedulers, { title: 'schedulers' }),
        tableOf('plans', PLANS, status.plans, { title: 'plans' }),
      ],
    };
    await putReport(context, report, way, { document: status });
    return undefined;
  },
};
