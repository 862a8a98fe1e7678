import type { ChaosReport } from './chaos.js';
import { type AnyCell, cellName, KINDS } from './kinds.js';
import type { Round } from './round.js';

/** What is said of a round when it is over: a line, and all that is known where it failed. */
export function roundText(round: number, hits: number, played: Round): string {
  const { aimed, hit, heldAt, tries, milliseconds, differences, unexpected } = played;
  const at = heldAt === undefined ? '' : ` at ${heldAt}`;
  const what = `${cellName(hit ?? aimed)}${at}: ${hit === undefined ? 'no hit' : 'hit'}`;
  const seconds = (milliseconds / 1000).toFixed(1);
  const line = `${round} (${hits} hits) ${what}, ${tries} tries, ${seconds} s`;
  if (differences.length + unexpected.length === 0) return line;
  return [`${line}, NOT AS IT SHOULD BE`, ...failureLines(played)].join('\n');
}

/** What a run found: hits by kind and phase, and by job. */
export function reportText(report: ChaosReport): string {
  const { hits, misses, failures, notPossible, rounds, seed, seconds } = report;
  const differing = failures.reduce((sum, { differences }) => sum + differences.length, 0);
  const lines = [
    ...tableOf(KINDS, report.hits),
    '',
    ...jobsOf(report.hits),
    ...Object.entries(notPossible).map(([kind, why]) => `${kind}: not possible here, ${why}`),
    `seed ${seed}: ${hits.length} of ${rounds} faults hit, ${misses} rounds hit nothing, ` +
      `${differing} differences, ${failures.length} rounds not as they should be, ${seconds} s`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Kinds down, phases across. */
export function tableOf(kinds: readonly string[], hits: readonly AnyCell[]): string[] {
  const phases = [...new Set(hits.map(({ phase }) => phase))];
  const hitKinds = kinds.filter((kind) => hits.some((hit) => hit.kind === kind));
  const first = Math.max(18, ...hitKinds.map((kind) => kind.length + 1));
  const widths = [first, ...[...phases, 'all'].map((phase) => Math.max(8, phase.length + 2))];
  const count = (kind: string, phase: string) =>
    hits.filter((hit) => hit.kind === kind && hit.phase === phase).length;
  const row = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, at) => {
        const text = String(cell);
        return at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!);
      })
      .join('');
  return [
    row(['hits', ...phases, 'all']),
    ...hitKinds.map((kind) => {
      const counts = phases.map((phase) => count(kind, phase));
      return row([kind, ...counts, counts.reduce((sum, each) => sum + each, 0)]);
    }),
  ];
}

export function jobsOf(hits: readonly AnyCell[]): string[] {
  const counts = new Map<string, number>();
  for (const { job } of hits) counts.set(job, (counts.get(job) ?? 0) + 1);
  return [...counts].map(([job, count]) => `${job.padEnd(20)}${String(count).padStart(6)}`);
}

type Failing = Pick<Round, 'differences' | 'unexpected'>;

export function failureLines({ differences, unexpected }: Failing): string[] {
  return [
    ...unexpected.map(({ words, code, says }) => `  loanbook ${words} ended with ${code}: ${says}`),
    ...differences.flatMap(({ what, expected, actual, rows }) => [
      `  ${what}: expected ${expected}, actual ${actual}`,
      ...rows.map((text) => `    ${text}`),
    ]),
  ];
}
