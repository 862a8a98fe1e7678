import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { parseAmount } from '../../../src/accounting/money/amount-text.js';
import { dueDates } from '../../../src/accounting/schedule/due-dates.js';
import { laySchedule } from '../../../src/accounting/schedule/schedule.js';
import { BUCKET_SHARES } from '../../../src/jobs/generate/draw-loan.js';
import { generateBook } from '../../../src/jobs/generate/generate-book.js';
import type { GenerateOptions } from '../../../src/jobs/generate/options.js';
import { productMixes } from '../../../src/jobs/generate/product-mix.js';
import { packageRoot } from '../../../src/package-root.js';

const START = parseDay('2026-03-28')!;
const root = mkdtempSync(join(tmpdir(), 'loanbook-generate-'));
let folders = 0;

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function generate(changes: Partial<GenerateOptions>) {
  folders += 1;
  const options: GenerateOptions = {
    loans: 1000,
    seed: 7,
    outFolder: join(root, String(folders)),
    startOn: START,
    days: 6,
    profile: 'book',
    repayShare: 3000,
    ...changes,
  };
  const manifest = await generateBook(options, () => undefined);
  return { options, manifest, folder: options.outFolder };
}

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true }).map(String).sort()) {
    if (!/\.(csv|yaml|json)$/.test(name)) continue;
    hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex');
}

/** Rows of a file as fields by name; every line ends, and has as many fields as the header. */
function rowsOf(file: string): Record<string, string>[] {
  const text = readFileSync(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  const [header = '', ...lines] = text.slice(0, -1).split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    expect(fields).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, at) => [name, fields[at] ?? '']));
  });
}

/** The loans of a folder as contracts; what an import would refuse fails here. */
function loansOf(options: GenerateOptions) {
  const terms = new Map(productMixes(options).map((mix) => [mix.text.code, mix]));
  return rowsOf(join(options.outFolder, 'loans.csv')).map((row) => {
    const mix = terms.get(row.product!)!;
    const contract = {
      principal: parseAmount(row.principal!, 2)!,
      ratePpb: mix.rates.find((rate) => rate.text === row.rate)!.ratePpb,
      periods: Number(row.periods),
      disbursedOn: parseDay(row.disbursed_on!)!,
      firstDueOn: row.first_due_on === '' ? null : parseDay(row.first_due_on!)!,
    };
    const paid = Number(row.paid_periods);
    const dueOn = dueDates(mix.terms, contract);
    return { loanNo: row.loan_no!, terms: mix.terms, contract, paid, dueOn };
  });
}

describe('the same bytes', () => {
  test('one seed writes one book, another seed another', async () => {
    const first = hashOf((await generate({})).folder);
    expect(hashOf((await generate({})).folder)).toBe(first);
    expect(hashOf((await generate({ seed: 8 })).folder)).not.toBe(first);
    expect(hashOf((await generate({ seed: 7 + 2 ** 40 })).folder)).not.toBe(first);
  });

  test('the fixture is what the generator writes', async () => {
    const { folder } = await generate({ loans: 200 });
    expect(hashOf(folder)).toBe(hashOf(join(packageRoot, 'fixtures', 'demo-small')));
  });

  test('a loan does not depend on how many follow it', async () => {
    const small = readFileSync(join((await generate({ loans: 50 })).folder, 'loans.csv'), 'utf8');
    const large = readFileSync(join((await generate({ loans: 90 })).folder, 'loans.csv'), 'utf8');
    expect(large.startsWith(small)).toBe(true);
  });
});

describe('a believable book', async () => {
  const { options, manifest, folder } = await generate({ loans: 20_000 });
  const loans = loansOf(options);

  test('loans are well-formed, and paid instalments lie before the start', () => {
    expect(new Set(loans.map((loan) => loan.loanNo)).size).toBe(20_000);
    for (const { terms, contract, paid, dueOn } of loans) {
      expect(contract.principal).toBeGreaterThanOrEqual(50_000);
      expect(contract.principal).toBeLessThanOrEqual(20_000_000);
      expect(contract.disbursedOn).toBeGreaterThanOrEqual(START - 730);
      expect(contract.disbursedOn).toBeLessThanOrEqual(START + 5);
      expect(paid).toBeLessThan(contract.periods);
      if (paid > 0) expect(dueOn[paid - 1]!).toBeLessThan(START);
      const { principal } = laySchedule(terms, contract);
      expect(paid).toBeLessThan(principal.length);
      expect(principal.reduce((sum, part) => sum + part, 0)).toBe(contract.principal);
    }
  });

  test('every M bucket has its share', () => {
    const counts = [0, 0, 0, 0, 0, 0, 0, 0];
    for (const { paid, dueOn } of loans) {
      const days = START - dueOn[paid]!;
      if (days > 3) counts[Math.min(7, Math.ceil(days / 30))]! += 1;
    }
    BUCKET_SHARES.forEach((share, m) => {
      expect(counts[m + 1]).toBe(manifest.buckets[`M${m + 1}`]);
      expect(Math.abs(counts[m + 1]! / 2 - share)).toBeLessThan(share * 0.3);
    });
    expect(manifest.standings.late / 20_000).toBeCloseTo(0.06, 2);
  });

  test('repayments name loans of the book, on their day, and sum to the manifest', () => {
    const known = new Map(loans.map((loan) => [loan.loanNo, loan]));
    const settledBefore = new Set<string>();
    const refs = new Set<string>();
    for (const day of manifest.repayments) {
      let amount = 0;
      for (const row of rowsOf(join(folder, day.file))) {
        const loan = known.get(row.loan_no!)!;
        refs.add(row.ref!);
        expect(row.value_date).toBe(day.date);
        expect(parseDay(day.date)!).toBeGreaterThanOrEqual(loan.contract.disbursedOn);
        expect(settledBefore.has(row.loan_no!)).toBe(false);
        if (row.type === 'settlement') {
          expect(row.amount).toBe('');
          settledBefore.add(row.loan_no!);
          continue;
        }
        expect(row.type).toBe('repayment');
        expect(parseAmount(row.amount!, 2)!).toBeGreaterThan(0);
        amount += parseAmount(row.amount!, 2)!;
      }
      expect(parseAmount(day.amount, 2)).toBe(amount);
    }
    const rows = manifest.repayments.map((day) => day.repayments + day.settlements);
    expect(refs.size).toBe(rows.reduce((sum, count) => sum + count, 0));
  });

  test('most of what falls due is paid that day, to the fen', () => {
    const paid = new Map<string, string>();
    for (const row of rowsOf(join(folder, 'repayments-2026-03-30.csv'))) {
      paid.set(row.loan_no!, row.amount!);
    }
    let due = 0;
    let exact = 0;
    for (const { loanNo, terms, contract, paid: seq, dueOn } of loans) {
      if (dueOn[seq] !== START + 2) continue;
      due += 1;
      const schedule = laySchedule(terms, contract);
      const amount = schedule.principal[seq]! + schedule.interest[seq]!;
      if (parseAmount(paid.get(loanNo) ?? '', 2) === amount) exact += 1;
    }
    expect(due).toBeGreaterThan(200);
    expect(exact / due).toBeGreaterThan(0.85);
  });

  test('some loans are born, paid and settled on one day', () => {
    const born = new Set(
      loans
        .filter(({ contract }) => contract.disbursedOn === START + 1)
        .map(({ loanNo }) => loanNo),
    );
    const rows = rowsOf(join(folder, 'repayments-2026-03-29.csv'));
    const types = rows.filter((row) => born.has(row.loan_no!)).map((row) => row.type);
    expect(types).toContain('repayment');
    expect(types).toContain('settlement');
  });
});

describe('the profiles of the benchmark', () => {
  test('bench-spread: about 3% fall due and repay on an ordinary day', async () => {
    const { options, manifest } = await generate({ loans: 20_000, profile: 'bench-spread' });
    const due = loansOf(options).filter(({ dueOn }) => dueOn.includes(START)).length;
    expect(due / 20_000).toBeCloseTo(0.033, 2);
    expect(manifest.repayments[0]!.repayments / 20_000).toBeCloseTo(0.03, 2);
    expect(manifest.standings.late / 20_000).toBeCloseTo(0.06, 2);
  });

  test.each(['2026-03-28', '2026-03-31', '2026-03-01'])(
    'bench-one-day: every loan falls due on %s, and the share repays',
    async (start) => {
      const startOn = parseDay(start)!;
      const changes = { loans: 5000, startOn, days: 1, repayShare: 4000 };
      const { options, manifest } = await generate({ ...changes, profile: 'bench-one-day' });
      const loans = loansOf(options);
      expect(loans.every(({ dueOn }) => dueOn.includes(startOn))).toBe(true);
      expect(loans.every(({ dueOn, paid }) => dueOn[paid]! <= startOn)).toBe(true);
      expect(manifest.repayments[0]!.repayments / 5000).toBeCloseTo(0.4, 1);
    },
  );
});

test('a folder that holds the same book is done, one that holds other files is refused', async () => {
  const { options, manifest } = await generate({ loans: 10 });
  expect(await generateBook(options, () => undefined)).toEqual(manifest);
  const more = { ...options, loans: 11 };
  await expect(generateBook(more, () => undefined)).rejects.toMatchObject({
    code: 'out_not_empty',
    exitCode: 2,
  });
  const other = mkdtempSync(join(root, 'other-'));
  writeFileSync(join(other, 'notes.txt'), '');
  await expect(generate({ outFolder: other })).rejects.toMatchObject({ code: 'out_not_empty' });
});

test('an aborted book has no manifest', async () => {
  const outFolder = join(root, 'aborted');
  const signal = AbortSignal.abort();
  await expect(generate({ outFolder, signal })).rejects.toMatchObject({ code: 'interrupted' });
  expect(readdirSync(outFolder)).not.toContain('manifest.json');
});
