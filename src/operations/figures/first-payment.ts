import type { EpochDay } from '../../accounting/money/units.js';

/** Days after the due date at which a first instalment is looked at. */
export const FPD_DAYS = [1, 7, 30] as const;
/** It counts for so many days from the one on which it was decided. */
export const FPD_WINDOW_DAYS = 30;

/** The close at which a first instalment is decided: not before its last penalty-free day. */
export function decidedOn(
  { dueOn, freeUntil }: { readonly dueOn: EpochDay; readonly freeUntil: EpochDay },
  days: number,
): EpochDay {
  return Math.max(dueOn + days, freeUntil);
}

/** Whether what was decided on a day counts today. */
export function countsOn(day: EpochDay, decided: EpochDay): boolean {
  return decided <= day && decided > day - FPD_WINDOW_DAYS;
}
