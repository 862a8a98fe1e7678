/** STUB until the schedule branch lands. */
// biome-ignore lint/suspicious/noExplicitAny: stub
export function layRest(_terms: unknown, _scene: unknown): any {
  throw new Error('stub');
}
