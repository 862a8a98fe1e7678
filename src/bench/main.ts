import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { benchmark } from './benchmark.js';
import { importSpeed, importText } from './import-speed.js';
import { morningSpeed, morningText } from './morning-speed.js';
import { periodSpeed, stepText } from './period-speed.js';
import { reconcileSpeed } from './reconcile-speed.js';
import { scheduleSpeed } from './schedule-speed.js';

const { values } = parseArgs({
  options: {
    loans: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: String(availableParallelism()) },
    'ordinary-days': { type: 'string', default: '1' },
    'days-before': { type: 'string', default: '0' },
    schedules: { type: 'string' },
    reconcile: { type: 'string' },
    charset: { type: 'string', default: 'utf-8' },
    trailer: { type: 'boolean', default: false },
    periods: { type: 'string' },
    import: { type: 'boolean', default: false },
    morning: { type: 'boolean', default: false },
    only: { type: 'string', default: 'all' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench -- [--loans 1000000] [--workers N] [--ordinary-days 1]
  [--days-before 0] [--only all|spread|peak] [--schedules N] [--reconcile N]
  [--charset utf-8|gb18030] [--trailer] [--periods N] [--import] [--morning]
  [--json]

Builds a book and closes ordinary days, one with 30% of the repayments dated a day back and 1% up to
60 days as far as the book goes, a month end and a peak day, each beside the floor: the bare COPY
streams of the same tasks in the same run. Uses a server of its own in a temporary folder,
or DATABASE_URL. With --schedules it only lays so many level payment schedules of 12 to 36
instalments, on one core and without a server. With --reconcile it only reconciles a statement of N
lines with N events, one in a hundred of them broken, and holds what is found to what was planted;
its file is in the charset, with a line of totals behind where --trailer is said. With --periods it
closes the last N days of a month and one more, then times impairment at the month end, the close of
the month and the reconciliation of the ledger over all of the days. With --import it imports the
loans into an empty book, beside the bare copies of others, and as many with twelve instalments of
their own each; then loans that come with a position, and their first two closes. With --morning it
takes the report of each morning of four days, a list behind a figure, and loans one at a time.
`);
} else if (values.schedules !== undefined) {
  const { schedules, instalments, seconds } = scheduleSpeed(Number(values.schedules));
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ schedules, instalments, seconds })}\n`
      : `${schedules} schedules, ${instalments} instalments: ${seconds.toFixed(2)} s\n`,
  );
} else if (values.reconcile !== undefined) {
  const charset = values.charset === 'gb18030' ? 'gb18030' : 'utf-8';
  const written = { charset, trailer: values.trailer } as const;
  const speed = await reconcileSpeed(Number(values.reconcile), written);
  const { lines, planted, found, wrong, seconds, stage_seconds, peak_rss_mb } = speed;
  process.stdout.write(
    values.json
      ? `${JSON.stringify(speed)}\n`
      : `${lines} lines: ${seconds.toFixed(2)} s (staged after ${stage_seconds.toFixed(2)} s), ` +
          `${peak_rss_mb} MB; ${planted} planted, ${found} found, ${wrong} wrong\n`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
} else if (values.import) {
  const size = { loans: Number(values.loans), workers: Number(values.workers) };
  const found = await importSpeed(size);
  process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : importText(found));
} else if (values.morning) {
  const found = await morningSpeed({
    loans: Number(values.loans),
    workers: Number(values.workers),
  });
  process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : morningText(found));
} else if (values.periods !== undefined) {
  const size = { loans: Number(values.loans), workers: Number(values.workers) };
  const found = await periodSpeed(size, Number(values.periods));
  if (values.json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else for (const step of found.steps) process.stdout.write(`${stepText(step)}\n`);
} else {
  await benchmark({
    loans: Number(values.loans),
    workers: Number(values.workers),
    ordinaryDays: Number(values['ordinary-days']),
    daysBefore: Number(values['days-before']),
    only: values.only,
    json: values.json,
  });
}
