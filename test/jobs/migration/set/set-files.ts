import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';

/** A file of a manifest as a test changes it. */
export type Entry = Record<string, unknown> & { file: string };

const SHAPES: Readonly<Record<string, readonly string[]>> = {
  'customers.csv': ['party,name,phone', 'C1,王小二,13800138000', 'C2,李四,13900139000'],
  'loans.csv': [
    'loan_no,product,product_version,principal,rate,disbursed_on,org,party',
    'A,CASH,1,10000.00,0.18,2025-12-20,NORTH,C1',
    'B,CASH,1,10000.00,0.18,2026-01-05,SOUTH,C2',
    'C,CASH,1,1000.00,0.18,2026-03-28,SOUTH,',
  ],
  'schedules.csv': [
    'loan_no,due_on,principal,interest',
    'C,2026-04-20,300.00,11.50',
    'C,2026-05-04,0.00,5.00',
    'C,2026-07-31,700.00,30.80',
  ],
  'balances.csv': [
    'loan_no,principal_not_due,interest_accrued,suspense,principal,interest_due,days_past_due',
    'A,7664.92,30.66,12.34,8054.90,26.82,7',
    'B,8454.90,90.00,0,10000.00,288.50,50',
  ],
  'installments.csv': [
    'loan_no,seq,due_on,principal,interest',
    'A,3,2026-03-20,389.98,26.82',
    'B,1,2026-02-05,766.80,150.00',
    'B,2,2026-03-05,778.30,138.50',
  ],
  'events.csv': ['ref,loan_no,type,value_date,amount', 'F1,A,fee,2026-03-28,5.00'],
  'repayments.csv': [
    'ref,loan_no,value_date,amount',
    'R1,A,2026-03-28,100.00',
    'R2,B,2026-03-28,200.10',
  ],
};

/** Rows and sums added up by hand from the lines above. */
const STATED: readonly (Record<string, unknown> & { file: string; kind: string })[] = [
  { kind: 'customers', file: 'customers.csv', rows: 2 },
  {
    ...{ kind: 'loans', file: 'loans.csv', rows: 3, totals: { principal: '21000.00' } },
    schedules: { file: 'schedules.csv', rows: 3, totals: { principal: '1000.00' } },
  },
  {
    ...{ kind: 'balances', file: 'balances.csv', rows: 2 },
    totals: { principal_not_due: '16119.82', principal: '18054.90', interest_due: '315.32' },
    installments: { file: 'installments.csv', rows: 3, totals: { principal: '1935.08' } },
  },
  { kind: 'events', file: 'events.csv', rows: 1, totals: { amount: '5.00' } },
  { kind: 'repayments', file: 'repayments.csv', rows: 2, totals: { amount: '300.10' } },
];

export function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** The files of a migration of two running loans and a new one, in a folder of their own. */
export function writeSetFiles(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, lines] of Object.entries(SHAPES)) {
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));
  }
}

/** What a right manifest says of them, with the digests that they have now. */
export function entries(folder: string): Entry[] {
  const hashed = (part: Entry) => ({ ...part, sha256: sha256Of(join(folder, part.file)) });
  return STATED.map((stated) => {
    const parts = ['schedules', 'installments'].flatMap((second) => {
      const part = stated[second] as Entry | undefined;
      return part === undefined ? [] : [[second, hashed(part)] as const];
    });
    return { ...hashed(stated), ...Object.fromEntries(parts) };
  });
}

/** Writes a manifest of these files; returns its path. */
export function writeSet(path: string, files: readonly Entry[], more: object = {}): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stringify({ set: 'first', ...more, files }));
  return path;
}
