import { openAmount } from '../events/allocation.js';
import { accruedAndOwed } from '../fold/ahead.js';
import { type OpenInstallment, type Position, STATUS } from '../fold/position.js';
import { COMPONENTS } from '../posting/flow.js';
import type { OpeningPosition } from './opening-position.js';

/** Where a loan that was folded from birth first differs from the position that came with it. */
export interface OpeningDifference {
  /** A key of the position; of an instalment behind its seq: `3.interest`. */
  readonly key: string;
  readonly given: number;
  readonly folded: number;
}

/** Holds a folded position against the one given; undefined: it meets it. */
export function openingDifference(
  position: Position,
  opening: OpeningPosition,
): OpeningDifference | undefined {
  const isWrittenOff = position.status === STATUS.writtenOff;
  const claim = position.open.find(({ seq }) => seq === 0);
  const figures: [string, number, number][] = [
    ['written_off', Number(opening.writtenOff), Number(isWrittenOff)],
    ['accruing', Number(opening.accruing && !opening.writtenOff), Number(position.accruing)],
    [
      'principal_not_due',
      opening.principalNotDue,
      isWrittenOff ? (claim?.principalOpen ?? 0) : position.principalNotDue,
    ],
    [
      'interest_accrued',
      opening.interestAccrued,
      isWrittenOff ? (claim?.interestOpen ?? 0) : accruedAndOwed(position),
    ],
    ['suspense', opening.suspense, position.suspense],
    ...openFigures(position, opening),
  ];
  const found = figures.find(([, given, folded]) => given !== folded);
  return found === undefined ? undefined : { key: found[0], given: found[1], folded: found[2] };
}

function openFigures(position: Position, opening: OpeningPosition): [string, number, number][] {
  const folded = new Map<number, OpenInstallment>();
  for (const item of position.open) if (item.seq !== 0) folded.set(item.seq, item);
  const given = new Map(opening.open.map((item) => [item.seq, item]));
  const seqs = [...new Set([...given.keys(), ...folded.keys()])].sort((a, b) => a - b);
  return seqs.flatMap((seq) => {
    const said = given.get(seq);
    const item = folded.get(seq);
    const amounts = COMPONENTS.map((component, at): [string, number, number] => [
      `${seq}.${component}`,
      said?.[component] ?? 0,
      item === undefined ? 0 : openAmount(item, at),
    ]);
    return amounts;
  });
}
