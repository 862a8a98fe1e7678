import { EXIT } from '../errors.js';
import { type ChaosReport, chaos } from './chaos.js';
import { type ChaosOptions, HELP, parseOptions } from './options.js';
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
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportText(report));
  return exitCodeOf(report);
}

function exitCodeOf({ failures, hits, rounds }: ChaosReport): number {
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
try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(HELP);
  else process.exitCode = await run(options, stop.signal);
} catch (error) {
  const isUsage = error instanceof Error && !stop.signal.aborted;
  say(isUsage ? `error: ${error.stack ?? error.message}` : 'interrupted');
  process.exitCode = stop.signal.aborted ? EXIT.interrupted : EXIT.failed;
}
