import { EXIT } from '../errors.js';
import { chaos } from './chaos.js';
import { type ChaosOptions, HELP, parseOptions } from './options.js';
import { planChaos } from './plan/plan-chaos.js';
import { planReportText, planRoundText } from './plan/plan-report.js';
import { reportText, roundText } from './report.js';

const say = (text: string) => process.stderr.write(`${text}\n`);

/** An exit code; the server and every process that was started are gone by then. */
async function run(options: ChaosOptions, signal: AbortSignal): Promise<number> {
  say(`seed ${options.seed}`);
  let hits = 0;
  const report = await chaos(options, {
    signal,
    onBuilt: (job) => say(`undisturbed: ${job}`),
    onRound: (round, played) => {
      if (played.hit !== undefined) hits += 1;
      say(roundText(round, hits, played));
    },
  });
  return told(options, report, reportText(report));
}

async function runPlans(options: ChaosOptions, signal: AbortSignal): Promise<number> {
  say(`seed ${options.seed}`);
  const report = await planChaos(options, {
    signal,
    onBuilt: (plan) => say(`undisturbed: ${plan}`),
    onRound: (round, played) => say(planRoundText(round, played)),
  });
  return told(options, report, planReportText(report));
}

interface Report {
  readonly failures: readonly unknown[];
  readonly hits: readonly unknown[];
  readonly rounds: number;
}

function told({ json }: ChaosOptions, report: Report, text: string): number {
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : text);
  const { failures, hits, rounds } = report;
  if (failures.length > 0) return EXIT.difference;
  return hits.length < rounds ? EXIT.failed : EXIT.done;
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    say('stopping behind this round');
    stop.abort();
  });
}
const options = readOptions();
if (options === 'help') process.stdout.write(HELP);
else if (options !== undefined) {
  try {
    process.exitCode = await (options.plan ? runPlans : run)(options, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say('interrupted');
    process.exitCode = EXIT.interrupted;
  }
}

function readOptions(): ReturnType<typeof parseOptions> | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    say(`error: ${error instanceof Error ? error.message : error}\nnext: npm run chaos -- --help`);
    process.exitCode = EXIT.usage;
    return undefined;
  }
}
