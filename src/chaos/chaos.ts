import { Random } from '../jobs/generate/random.js';
import { Chooser } from './chooser.js';
import { killCommands } from './command.js';
import { House } from './house.js';
import { type Cell, KINDS, type Kind } from './kinds.js';
import { SEEN_MS_MIN, type SeenPhase } from './observe.js';
import type { ChaosOptions } from './options.js';
import { type Round, RoundPlay } from './round.js';
import { openSmallDisk } from './small-disk.js';
import { type Stage, Stages } from './stages.js';

export interface ChaosReport {
  readonly seed: number;
  readonly rounds: number;
  readonly hits: readonly Cell[];
  /** Rounds that hit nothing and were made up for. */
  readonly misses: number;
  /** Kinds that this machine does not allow, and why. */
  readonly notPossible: Readonly<Partial<Record<Kind, string>>>;
  /** Rounds whose book differs, or that ended as no fault may end. */
  readonly failures: readonly (Round & { readonly round: number })[];
  readonly seconds: number;
}

/** How many rounds may hit nothing for each that hits, and a few to begin with. */
const MISSES_A_HIT = 3;
const MISSES_FREE = 20;

export interface Heard {
  readonly onBuilt?: (job: string) => void;
  readonly onRound?: (round: number, played: Round) => void;
  readonly signal?: AbortSignal;
}

/** Plays rounds until so many faults have hit; the server is gone again at the end. */
export async function chaos(options: ChaosOptions, heard: Heard): Promise<ChaosReport> {
  const started = performance.now();
  const house = await House.open();
  try {
    const stages = await Stages.build(house, (job) => {
      heard.signal?.throwIfAborted();
      heard.onBuilt?.(job);
    });
    const notPossible: Partial<Record<Kind, string>> = {};
    const isAsked = (kind: Kind) => options.only.length === 0 || options.only.includes(kind);
    if (isAsked('full_disk')) {
      const reason = await openSmallDisk(house);
      if (reason !== undefined) notPossible.full_disk = reason;
    }
    const kinds = KINDS.filter((kind) => isAsked(kind) && notPossible[kind] === undefined);
    const played = await playRounds(house, stages, kinds, options, heard);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { seed: options.seed, rounds: options.rounds, ...played, notPossible, seconds };
  } finally {
    killCommands();
    await house.close();
  }
}

async function playRounds(
  house: House,
  stages: Stages,
  kinds: readonly Kind[],
  { rounds, seed, jobs }: ChaosOptions,
  { onRound, signal }: Heard,
): Promise<Pick<ChaosReport, 'hits' | 'misses' | 'failures'>> {
  const random = new Random(seed);
  const asked = stages.all.filter(({ job }) => jobs.length === 0 || jobs.includes(job.name));
  const chooser = new Chooser(cellsOf(asked, kinds), random);
  const hits: Cell[] = [];
  const failures: (Round & { round: number })[] = [];
  let misses = 0;
  for (let round = 1; hits.length < rounds; round += 1) {
    signal?.throwIfAborted();
    const cell = chooser.next();
    if (cell === undefined || misses > MISSES_FREE + MISSES_A_HIT * hits.length) break;
    // A stream of its own for each round: what one draws moves no other.
    random.reseed(round);
    const stage = asked.find(({ job }) => job.name === cell.job)!;
    const expected = await stages.expectedOf(stage);
    const play = new RoundPlay(house, stage, cell, random, `round_${round}`);
    const played = await play.play(expected);
    if (played.hit !== undefined) {
      hits.push(played.hit);
      chooser.hit(played.hit);
    }
    if (played.hit?.phase !== cell.phase) chooser.missed(cell);
    if (played.hit === undefined) misses += 1;
    if (played.differences.length + played.unexpected.length > 0) {
      failures.push({ round, ...played });
    }
    onRound?.(round, played);
  }
  return { hits, misses, failures };
}

/** Every kind in every phase that a job was seen in and that the kind can hit. */
function cellsOf(stages: readonly Stage[], kinds: readonly Kind[]): Cell[] {
  return stages.flatMap(({ job, phases }) =>
    phases.flatMap((seen) =>
      kinds
        .filter((kind) => isReachable(kind, seen))
        .map((kind): Cell => ({ kind, job: job.name, phase: seen.phase })),
    ),
  );
}

function isReachable(kind: Kind, seen: SeenPhase): boolean {
  const { phase, opensSessions, milliseconds, written, barriers } = seen;
  if (milliseconds < SEEN_MS_MIN && written.length === 0 && barriers.length === 0) return false;
  switch (kind) {
    // Only a run can be taken over, and nobody takes the run of a day that is sealed.
    case 'take_over':
      return barriers.length > 0 && !barriers.includes('eod.end');
    case 'kill_backend':
    case 'crash_backend':
      return phase !== 'start' && phase !== 'end';
    case 'connection_limit':
      return opensSessions && phase !== 'end';
    // What is done by then is done: nothing is waited for, written or interrupted any more.
    case 'sigterm':
    case 'stranger_lock':
    case 'full_disk':
      return phase !== 'end';
    default:
      return true;
  }
}
