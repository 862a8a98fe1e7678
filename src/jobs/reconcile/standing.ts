/** How an event of ours stands when a statement is matched: `standing` of its statements. */
export const STANDING = {
  /** No event of ours. */
  none: -1,
  posted: 0,
  /** Its day has not been closed yet. */
  waiting: 1,
  rejected: 2,
  reversed: 3,
} as const;
