import { availableParallelism } from 'node:os';
import { EXIT } from '../../errors.js';
import { BOOK_TIME_ZONE } from '../../jobs/book/today.js';
import {
  type Examination,
  examineHouse,
  type HouseFinding,
} from '../../jobs/doctor/examine-house.js';
import { backupPlaceOf } from '../backup/backup-store.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { say } from '../shell/lang/lang.js';
import { printJson, printTable } from '../shell/output.js';

export const command: CommandModule<[], { readonly facts?: boolean }> = {
  configure(cmd) {
    cmd.option('--facts');
  },
  async run(context, _args, { facts = false }) {
    const found = await examineHouse({
      bookFolder: context.bookFolder,
      env: context.env,
      keys: keySourceOf(context),
      backups: () => backupPlaceOf(context),
      node: process.versions.node,
      now: () => Date.now(),
      workers: availableParallelism(),
      zones: [BOOK_TIME_ZONE],
    });
    const exit = found.isFailing ? EXIT.difference : EXIT.done;
    if (context.json) {
      const { findings, unknown } = found;
      const shown = facts ? { facts: found.facts } : {};
      printJson(context.stdout, { findings, unknown, ...shown, exit });
    } else print(context, found, facts);
    if (!found.isFailing && found.unreached !== undefined) throw found.unreached;
    return exit;
  },
};

function print(context: CommandContext, found: Examination, withFacts: boolean): void {
  const { stdout, lang } = context;
  const { findings, unknown, facts } = found;
  const shown = findings.map((each) => ({ ...each, status: say(lang, each.status) }));
  printTable(stdout, titled(context, 'check', 'status', 'value'), shown);
  for (const finding of findings) {
    if (finding.next !== null && finding.status !== 'unknown') {
      stdout.write(`\n${inWords(context, finding)}`);
    }
  }
  for (const why of new Set(unknown.map((each) => each.why))) {
    const names = unknown.filter((each) => each.why === why).map(({ fact }) => fact);
    const reason = `${say(lang, 'reason')}: ${say(lang, why)}`;
    stdout.write(`\n${say(lang, 'unknown')}: ${names.join(', ')}\n  ${reason}\n`);
  }
  if (!withFacts) return;
  const rows = Object.entries(facts).map(([fact, value]) => ({ fact, value: value ?? 'none' }));
  stdout.write('\n');
  printTable(stdout, titled(context, 'fact', 'value'), rows);
}

function titled<Key extends string>({ lang }: CommandContext, ...keys: Key[]) {
  return keys.map((key) => ({ key, title: say(lang, key) }));
}

/** A check that is not well: the rule, what there is to see, what to do. */
function inWords({ lang }: CommandContext, finding: HouseFinding): string {
  const { check, status, rule, seen, next } = finding;
  const part = (name: string, text: string) => `  ${say(lang, name)}: ${say(lang, text)}\n`;
  return [
    `${check}: ${say(lang, status)}\n`,
    part('rule', rule),
    ...seen.map((line) => part('seen', line)),
    part('next', next ?? ''),
  ].join('');
}
