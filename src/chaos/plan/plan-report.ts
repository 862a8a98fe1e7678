import { cellName } from '../kinds.js';
import { failureLines, jobsOf, tableOf } from '../report.js';
import { MOMENTS } from './cells.js';
import type { PlanChaosReport } from './plan-chaos.js';
import type { PlanRound } from './plan-round.js';

export function planRoundText(round: number, played: PlanRound): string {
  const { cell, isHit, resumed, milliseconds, differences, unexpected } = played;
  const seconds = (milliseconds / 1000).toFixed(1);
  const what = `${cellName(cell)}: ${isHit ? 'hit' : 'no hit'}`;
  const line = `${round} ${what}, gone on with ${resumed} times, ${seconds} s`;
  if (differences.length + unexpected.length === 0) return line;
  return [`${line}, NOT AS IT SHOULD BE`, ...failureLines(played)].join('\n');
}

/** Kills by moment and by what was killed and who went on, then by job. */
export function planReportText(report: PlanChaosReport): string {
  const { hits, misses, failures, rounds, seed, seconds } = report;
  const differing = failures.reduce((sum, { differences }) => sum + differences.length, 0);
  const lines = [
    ...tableOf(MOMENTS, hits),
    '',
    ...jobsOf(hits),
    `seed ${seed}: ${hits.length} of ${rounds} kills hit, ${misses} rounds hit nothing, ` +
      `${differing} differences, ${failures.length} rounds not as they should be, ${seconds} s`,
  ];
  return `${lines.join('\n')}\n`;
}
