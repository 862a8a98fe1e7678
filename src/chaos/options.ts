import { parseArgs } from 'node:util';
import { KINDS, type Kind } from './kinds.js';

export interface ChaosOptions {
  /** Faults that really hit, not attempts. */
  readonly rounds: number;
  readonly seed: number;
  readonly only: readonly Kind[];
  /** Of the programme; empty: all of them. */
  readonly jobs: readonly string[];
  /** Whole nights of the plans are killed, not single jobs. */
  readonly plan: boolean;
  /** Each cell once, not so many rounds of chance. */
  readonly every: boolean;
  readonly json: boolean;
}

export const HELP = `npm run chaos -- [--rounds 60] [--seed S] [--only KIND,...] [--job NAME,...]
  [--plan [--every]] [--json]

Builds a small book on a server of its own, runs every job of two nights and a month end
undisturbed, and keeps what they leave. Then round after round one job is run again and met by one
fault in one of its phases; whoever runs the book does what the exit code says, closes the day, and
the book must be what it was without a fault: hashes, sums and rows. A round counts where its fault
really hit.

Kinds: ${KINDS.slice(0, 6).join(', ')},
${KINDS.slice(6).join(', ')}.
With --plan the nights of config/plans are run on such a book, by \`night run\` or by a
scheduler, and the runner, a job or the server is killed (kill -9): before the start of a job is
kept, after it, half way, before its end is kept, between two jobs. --every plays each of these
once. --job names jobs of the plans then; --only is for faults of single jobs.

The table of hits by kind and phase goes to stdout, progress to stderr. Without --seed every run is
another one. Exit codes: 0 no difference, 1 not as many hits as asked for, 2 usage, 3 a difference,
130 interrupted.
`;

/** `help` where it is asked for; throws an Error with the words to show where a value is wrong. */
export function parseOptions(args: readonly string[]): ChaosOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '60' },
      seed: { type: 'string' },
      only: { type: 'string', default: '' },
      job: { type: 'string', default: '' },
      plan: { type: 'boolean', default: false },
      every: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.every && !values.plan) throw new Error('--every is for --plan alone');
  if (values.plan && values.only !== '') throw new Error('--only and --plan exclude each other');
  return {
    rounds: count('--rounds', values.rounds, 1),
    seed: values.seed === undefined ? Date.now() % 1_000_000 : count('--seed', values.seed, 0),
    only: names(values.only).map(kindNamed),
    jobs: names(values.job),
    plan: values.plan,
    every: values.every,
    json: values.json,
  };
}

function names(list: string): string[] {
  return list.split(',').filter((name) => name !== '');
}

function count(option: string, text: string, min: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= min && text.trim() !== '') return value;
  throw new Error(`${option} takes a whole number from ${min}, not ${text}`);
}

function kindNamed(name: string): Kind {
  const kind = KINDS.find((each) => each === name);
  if (kind !== undefined) return kind;
  throw new Error(`there is no kind ${name}; there are ${KINDS.join(', ')}`);
}
