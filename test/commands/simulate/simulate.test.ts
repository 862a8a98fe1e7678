import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { capture } from '../shell/captured-host.js';

const DOCUMENT = {
  product: { code: 'TEST' },
  loan: { principal: '1000.00', rate: '0.18', periods: 1, disbursed_on: '2026-01-15' },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-simulate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command on a file of that text, in a folder without a book. */
function simulate(text: string, ...options: string[]) {
  const file = join(folder, 'input');
  writeFileSync(file, text);
  return capture(['--book', join(folder, 'no-book'), 'simulate', file, ...options]);
}

it('prints one JSON document, and needs no database', async () => {
  const { exitCode, stdout } = await simulate(JSON.stringify(DOCUMENT));
  expect(exitCode).toBe(0);
  const result = JSON.parse(stdout) as Record<string, unknown>;
  expect(Object.keys(result)).toEqual([
    'schedule',
    'installments',
    'position',
    'daily',
    'allocations',
    'rejected',
    'journal',
    'cost',
  ]);
});

it('shows path, rule and value of a bad document, and exits 2', async () => {
  const bad = { ...DOCUMENT, loan: { ...DOCUMENT.loan, principal: 'ten', perods: 3 } };
  const { exitCode, stdout, stderr } = await simulate(JSON.stringify(bad));
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('loan.principal: must be a decimal number; got ten');
  expect(stderr).toContain('loan.perods: unknown key');
});

it('does not know a product by its code where there is no book', async () => {
  const { exitCode, stderr } = await simulate(JSON.stringify({ ...DOCUMENT, product: 'CASH' }));
  expect(exitCode).toBe(2);
  expect(stderr).toContain('got CASH');
});

it('gives a line for a line', async () => {
  const lines = [JSON.stringify(DOCUMENT), 'not json', JSON.stringify({ loan: 1 })];
  const { exitCode, stdout } = await simulate(`${lines.join('\n')}\n`, '--lines');
  expect(exitCode).toBe(0);
  const results = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(results).toHaveLength(3);
  expect(results[0]).toMatchObject({ position: { status: 'normal', principal: '1000.00' } });
  expect(results[1]).toMatchObject({ error: { code: 'invalid_document' } });
  expect(results[2]).toMatchObject({
    error: { evidence: { source: expect.stringMatching(/:3$/) } },
  });
});

it('names a file that is missing', async () => {
  const { exitCode, stderr } = await capture(['simulate', join(folder, 'missing.yaml')]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('missing.yaml');
});

it('refuses a line with a key twice, and takes a byte order mark before the first', async () => {
  const twice = JSON.stringify(DOCUMENT).replace('"rate"', '"principal":"9.00","rate"');
  const lines = [`\ufeff${JSON.stringify(DOCUMENT)}`, twice];
  const { exitCode, stdout } = await simulate(lines.join('\n'), '--lines');
  expect(exitCode).toBe(0);
  const [first, second] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { error?: { code: string; message: string } });
  expect(first).toHaveProperty('schedule');
  expect(second?.error).toMatchObject({ code: 'invalid_document' });
  expect(second?.error?.message).toContain('the key "principal" twice');
});

it('refuses a document that is no UTF-8', async () => {
  const file = join(folder, 'gbk.json');
  writeFileSync(file, Buffer.from('7b2261223a2022cad4227d0a', 'hex'));
  const { exitCode, stderr } = await capture(['simulate', file]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('is not written in UTF-8');
});
