/** What is told of nights: six kinds of a job, three of an instance. */
export const ALARM_KINDS = [
  ...(['accepted', 'failed', 'files_late', 'outlived', 'window_missed', 'deadline'] as const),
  ...(['late', 'missed', 'taken_over'] as const),
] as const;

/** Where alarms go: a program that reads one from its input, or an address that takes it. */
export type AlarmWay = { readonly command: readonly string[] } | { readonly webhook: string };

/** Which alarms of a plan go one way. */
export interface AlarmRule {
  readonly on: readonly (typeof ALARM_KINDS)[number][];
  readonly way: AlarmWay;
}
