import { Random } from '../../jobs/generate/random.js';
import { Chooser } from '../chooser.js';
import { killCommands } from '../command.js';
import { House } from '../house.js';
import type { ChaosOptions } from '../options.js';
import { type PlanCell, planCells } from './cells.js';
import { type PlanRound, PlanRoundPlay } from './plan-round.js';
import { buildPlanStages, type PlanStage } from './plan-stages.js';

export interface PlanChaosReport {
  readonly seed: number;
  /** Kills that were asked for. */
  readonly rounds: number;
  readonly hits: readonly PlanCell[];
  readonly misses: number;
  readonly failures: readonly (PlanRound & { readonly round: number })[];
  readonly seconds: number;
}

interface Heard {
  readonly onBuilt?: (plan: string) => void;
  readonly onRound?: (round: number, played: PlanRound) => void;
  readonly signal?: AbortSignal;
}

/** How often a cell is aimed at that is never hit. */
const MISSES_MAX = 4;

/** Kills nights until so many kills have hit, or every cell was hit once. */
export async function planChaos(options: ChaosOptions, heard: Heard): Promise<PlanChaosReport> {
  const started = performance.now();
  const house = await House.open();
  try {
    const stages = await buildPlanStages(house, (plan) => heard.onBuilt?.(plan));
    const jobs = stages.flatMap(({ night }) => Object.keys(night.jobs));
    const asked =
      options.jobs.length === 0 ? jobs : jobs.filter((job) => options.jobs.includes(job));
    const cells = planCells(asked);
    const play = options.every ? playEvery : playChosen;
    const played = await play(house, stages, cells, options, heard);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const rounds = options.every ? cells.length : options.rounds;
    return { seed: options.seed, rounds, ...played, seconds };
  } finally {
    killCommands();
    await house.close();
  }
}

type Played = Pick<PlanChaosReport, 'hits' | 'misses' | 'failures'>;
type Play = (
  house: House,
  stages: readonly PlanStage[],
  cells: readonly PlanCell[],
  options: ChaosOptions,
  heard: Heard,
) => Promise<Played>;

const playChosen: Play = async (house, stages, cells, { rounds, seed }, { onRound, signal }) => {
  const random = new Random(seed);
  const chooser = new Chooser(cells, random);
  const tally = new Tally();
  for (let round = 1; tally.hits.length < rounds; round += 1) {
    signal?.throwIfAborted();
    const cell = chooser.next();
    if (cell === undefined) break;
    random.reseed(round);
    const played = await roundOf(house, stages, cell, random, round);
    if (played.isHit) chooser.hit(cell);
    else chooser.missed(cell);
    tally.add(round, played);
    onRound?.(round, played);
  }
  return tally;
};

const playEvery: Play = async (house, stages, cells, { seed }, { onRound, signal }) => {
  const random = new Random(seed);
  const tally = new Tally();
  let round = 0;
  for (const cell of cells) {
    for (let miss = 0; miss < MISSES_MAX; miss += 1) {
      signal?.throwIfAborted();
      round += 1;
      random.reseed(round);
      const played = await roundOf(house, stages, cell, random, round);
      tally.add(round, played);
      onRound?.(round, played);
      if (played.isHit) break;
    }
  }
  return tally;
};

class Tally implements Played {
  readonly hits: PlanCell[] = [];
  readonly failures: (PlanRound & { round: number })[] = [];
  misses = 0;

  add(round: number, played: PlanRound): void {
    if (played.isHit) this.hits.push(played.cell);
    else this.misses += 1;
    const isWrong = played.differences.length + played.unexpected.length > 0;
    if (isWrong) this.failures.push({ round, ...played });
  }
}

function roundOf(
  house: House,
  stages: readonly PlanStage[],
  cell: PlanCell,
  random: Random,
  round: number,
): Promise<PlanRound> {
  const stage = stages.find(({ night }) => Object.hasOwn(night.jobs, cell.job))!;
  return new PlanRoundPlay(house, stage, cell, random, `round_${round}`).play();
}
