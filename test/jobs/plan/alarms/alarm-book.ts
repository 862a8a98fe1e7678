import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningProcess, serverEnv, startCli } from '../../../support/cli-process.js';
import { type NightBook, nightBook } from '../night-book.js';
import { type Hook, openHook } from './hook.js';

export const KINDS = [
  ...['accepted', 'failed', 'files_late', 'outlived', 'window_missed', 'deadline'],
  ...['late', 'missed', 'taken_over'],
];

export interface ShownAlarm {
  readonly kind: string;
  readonly told: string;
  readonly failure: string | null;
}

export interface AlarmBook extends NightBook {
  /** Of `barrier`. */
  readonly barriers: string;
  /** A process of the program on this book. */
  start(...words: readonly string[]): RunningProcess;
  /** A look of a process of its own at a plan; its exit. */
  look(plan: string): Promise<number | null>;
  /** The alarms of the last night of a plan, as status shows them. */
  shown(plan: string): Promise<readonly ShownAlarm[]>;
  both(...answer: Parameters<typeof openHook>): Promise<BothWays>;
}

/** A program and an address to which alarms of every kind go. */
export interface BothWays {
  readonly hook: Hook;
  /** For plans. */
  readonly alarms: readonly object[];
  /** What came by the program, and by the address, as `date job kind`, in order. */
  came(): [string[], string[]];
}

export async function alarmBook(): Promise<AlarmBook> {
  const book = await nightBook();
  const barriers = join(book.folder, 'barriers');
  mkdirSync(barriers);
  const hooks: Hook[] = [];
  const start = (...words: readonly string[]) => {
    const env = { ...serverEnv(book.database.target), LOANBOOK_BARRIERS: barriers };
    return startCli([...words, '--book', book.folder, '--quiet'], env);
  };
  return {
    ...book,
    barriers,
    start,
    look: async (plan) => (await start('night', 'run', plan, '--due').ended).code,
    async shown(plan) {
      const { out } = await book.run(`night status ${plan}`);
      return (out as unknown as { alarms: ShownAlarm[] }).alarms;
    },
    async both(...answer) {
      const hook = await openHook(...answer);
      hooks.push(hook);
      const name = `alarms-${hooks.length}.ndjson`;
      const command = ['sh', '-c', 'cat >> "$LOANBOOK_HOME/$0"', name];
      const lines = () => linesOf(join(book.folder, name));
      return {
        hook,
        alarms: [
          { on: KINDS, command },
          { on: KINDS, webhook: hook.url },
        ],
        came: () => [inOrder(lines()), inOrder(hook.got)],
      };
    },
    async remove() {
      for (const hook of hooks) hook.close();
      await book.remove();
    },
  };
}

function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

function inOrder(texts: readonly string[]): string[] {
  const alarms = texts.map((text) => JSON.parse(text));
  return alarms.map(({ date, job, kind }) => `${date} ${job} ${kind}`).sort();
}
