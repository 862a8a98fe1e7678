import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { capture as run } from './shell/captured-host.js';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-inspect-'));
  file = join(folder, 'customers.csv');
  writeFileSync(file, 'loan_no,phone,amount\nL1,13800138000,"1,234.50"\nL2,13900139000,5.00\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('loanbook files inspect', () => {
  it('shows the rows masked, to a person and to a program', async () => {
    const shown = await run(['files', 'inspect', file]);
    expect(shown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(shown.stdout).toContain('138******00');
    expect(shown.stdout).not.toContain('13800138000');
    expect(shown.stdout).toContain('1,234.50');
    const kept = await run(['files', 'inspect', file, '--json']);
    expect(kept.stdout).not.toContain('13800138000');
    expect(JSON.parse(kept.stdout)).toMatchObject({
      format: 'delimited',
      rows: [{ line: 2, fields: ['L1', '138******00', '1,234.50'] }, { line: 3 }],
    });
  });

  it('writes a layout, and never over the file', async () => {
    const out = join(folder, 'layout.yaml');
    expect(await run(['files', 'inspect', file, '--out', out])).toMatchObject({ exitCode: 0 });
    expect(parse(readFileSync(out, 'utf8'))).toEqual({
      layout: 'customers',
      kind: 'repayments',
      format: 'delimited',
      charset: 'utf-8',
      delimiter: ',',
      thousands: ',',
      columns: [
        { title: 'loan_no', from: 'loan_no' },
        { title: 'amount', from: 'amount', type: 'amount' },
      ],
    });
    const over = await run(['files', 'inspect', file, '--out', file]);
    expect(over).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('same command') });
  });
});
