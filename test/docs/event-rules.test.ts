import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

function read(file: string): string {
  return readFileSync(join(packageRoot, file), 'utf8');
}

function sources(folder: string): string[] {
  const names = readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

const PAGE = read('docs/files.md');

/** First cells of the tables of a section: the words in backticks. */
function listed(heading: string): string[] {
  const section = PAGE.split(`${heading}\n`)[1]?.split(/^#+ /m)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split(' | ')[0]!.matchAll(/`([a-z_]+)(?:: )?`/g)])
    .map(([, rule = '']) => rule);
}

const SNAKE = /'([a-z]+(?:_[a-z]+)+)'/g;

/**
 * Rules in a source: words that are returned, named `rule`, kept as one, or handed to what rejects.
 * Comparisons and types hold words of the same form that are none.
 */
function rulesIn(file: string): string[] {
  const code = read(file).replace(/^\s*(?:\/?\*|\/\/).*$/gm, '');
  const found: string[] = [];
  for (const line of code.split('\n')) {
    const said = /\brule\b|\breturn\b|\? ''|\breject\(|\bproblem\(|\bwrong\(/.test(line);
    if (!said || line.includes('LoanbookError')) continue;
    const words = line.replace(/(?:[=!]==? |\bcase )'\w*'/g, '').matchAll(SNAKE);
    found.push(...[...words].map(([, word = '']) => word));
  }
  return found;
}

/** Not a rule of anybody: names of columns beside one, and the place that a voided event keeps. */
const OTHERS = new Set([
  'loan_no',
  'due_on',
  'first_due_on',
  'value_date',
  'business_date',
  'product_version',
  'funding_plan',
  'paid_periods',
  'disbursed_on',
  'balance_after',
  'cut_over_on',
  'free_until',
  'written_off',
  'periods_paid',
  'days_past_due',
  'daily_interest',
  'unknown_event_type',
]);

function rulesOf(files: readonly string[]): string[] {
  return [...new Set(files.flatMap(rulesIn))].filter((word) => !OTHERS.has(word)).sort();
}

const APPLYING =
  'loan-event prepayment waiver merchant-refund charge charge-back rate-change write-off transfer'
    .split(' ')
    .map((name) => `src/accounting/events/${name}.ts`);
const CLOSING = [
  'accounting/backdating/arrivals',
  'jobs/day/refold',
  'jobs/eod/stream/task-fold',
  'jobs/eod/stream/loan-fold',
  'jobs/eod/stream/deep-day',
].map((name) => `src/${name}.ts`);

/** Rules that the statements of an import find, by their number. */
function stagedRules(): string[] {
  const kinds = sources('src/jobs/import').map(read);
  return kinds.flatMap((code) =>
    [...code.matchAll(/^ +\['[a-z_]+', '([a-z]+(?:_[a-z]+)+)'\],$/gm)].map(([, rule = '']) => rule),
  );
}

/** Rules of the section of balances: its last table. */
function balanceRules(): string[] {
  const rules = PAGE.split('## balances.csv\n')[1]?.split(/^## /m)[0] ?? '';
  const rows = rules.split('| rule | meaning')[1] ?? '';
  return rows
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split(' | ')[0]!.matchAll(/`([a-z_]+)`/g)])
    .map(([, rule = '']) => rule);
}

describe('docs/files.md', () => {
  const closed = listed('### Rejected when the day is closed');

  it('tells every rule by which a close rejects an event', () => {
    const rules = rulesOf([...APPLYING, ...CLOSING]);
    // An event without an amount that needs one does not come in by a file.
    const reached = rules.filter((rule) => rule !== 'amount_not_positive');
    expect(reached.length).toBeGreaterThan(12);
    expect(
      closed.filter((rule) => !['reversed', 'voided', 'in_opening'].includes(rule)).sort(),
    ).toEqual(reached);
    const { REVERSED, VOIDED } = Object.fromEntries(
      [
        ...read('src/accounting/backdating/verdict.ts').matchAll(
          /^export const ([A-Z]+) = '(.+)';$/gm,
        ),
      ].map(([, constant = '', text = '']) => [constant, text]),
    );
    expect(closed.slice(-2)).toEqual([REVERSED, VOIDED?.replace(': ', '')]);
  });

  it('tells every rule by which an import rejects a row, and no other', () => {
    const opening = rulesOf(['src/accounting/opening/opening-fault.ts']);
    const rules = [...rulesOf(sources('src/jobs/import')), ...stagedRules(), ...opening];
    const others = ['principal_free_too_long', 'value_not_mapped', 'malformed_rate'];
    const known = ['### Rejected on import', '## Reject files'].flatMap(listed);
    known.push(...balanceRules());
    expect(rules.length).toBeGreaterThan(40);
    expect(rules.filter((rule) => !known.includes(rule))).toEqual([]);
    expect(known.filter((rule) => ![...rules, ...others].includes(rule))).toEqual([]);
  });

  it('tells the rule that only `simulate` has', () => {
    const arrival = rulesIn('src/accounting/simulate/simulate-events.ts');
    const known = [...closed, ...listed('### Rejected on import'), 'repeated_ref'];
    expect(arrival.filter((rule) => !known.includes(rule))).toEqual([]);
    expect(PAGE).toContain('`repeated_ref`');
  });
});
