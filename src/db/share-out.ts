/**
 * Has every item worked on, each by the next session that is free, and gives the results in the
 * order of the items. After a failure no further item is begun, and what is under way is waited
 * for: whoever hears of the failure may take away what that works on. Throws the first failure.
 */
export async function shareOut<Session, Item, Result>(
  sessions: readonly Session[],
  items: readonly Item[],
  work: (session: Session, item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const lane = async (session: Session): Promise<void> => {
    while (next < items.length) {
      const at = next;
      next += 1;
      try {
        results[at] = await work(session, items[at]!);
      } catch (error) {
        next = items.length;
        failures.push(error);
      }
    }
  };
  await Promise.all(sessions.map(lane));
  if (failures.length > 0) throw failures[0];
  return results;
}
