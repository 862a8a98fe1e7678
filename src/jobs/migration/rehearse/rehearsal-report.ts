import type { Report } from '../../../files/report.js';
import { setReport } from '../set/set-report.js';
import { verifyReport } from '../verify/verify-report.js';
import type { Rehearsal } from './rehearse-set.js';

/** Tables of a proof that say something of a book that is thrown away. */
const PROOF = ['sums', 'explained', 'differences'];

/** Whether positions and schedules of the set are those that the book would have. */
export function isAgreed({ verified, openedBefore }: Rehearsal): boolean {
  if (verified === null) return true;
  // What was there before is in our sums, and in no file of the set.
  return openedBefore === 0 ? verified.agrees : verified.differing === 0;
}

/** What a set would do: its files, why rows would be rejected, and the proof of what is in. */
export function rehearsalReport(rehearsal: Rehearsal): Report {
  const { outcome, verified } = rehearsal;
  const files = setReport(outcome);
  if (verified === null) return files;
  const proof = verifyReport(verified);
  const { loans, withPosition, schedulesCompared, schedulesMet, differing } = verified;
  return {
    ...files,
    head: {
      ...files.head,
      ...{ loans, withPosition, schedulesCompared, schedulesMet, differing },
      agrees: isAgreed(rehearsal),
    },
    tables: [...files.tables, ...proof.tables.filter(({ name }) => PROOF.includes(name))],
    notes: proof.notes ?? [],
  };
}
