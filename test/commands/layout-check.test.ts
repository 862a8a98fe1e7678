import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capture as run } from './shell/captured-host.js';

/** Made up; the identity number has the check character of a real one. */
const CLEAR = ['王小明', '11010519491231002X', '13800138000', 'ann@mail.example', 'DEVICE-1'];
const columns = (...fields: readonly string[]) =>
  fields.map((field) => `  - {title: ${field}, from: ${field}}`);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-check-'));
  const put = (name: string, ...lines: readonly string[]) =>
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  const fields = ['party', 'name', 'id_number', 'birth', 'phone', 'email', 'device'];
  put('parties.yaml', 'layout: p', 'kind: parties', 'columns:', ...columns(...fields));
  put('parties.csv', fields.join(','), `C1,${CLEAR[0]},${CLEAR[1]},1949-12-31,${CLEAR[2]},,`);
  writeFileSync(
    join(folder, 'parties.csv'),
    `C2,${CLEAR[0]},,,,${CLEAR[3]},${CLEAR[4]}\n${CLEAR[0]},${CLEAR[2]}\n`,
    { flag: 'a' },
  );
  const sum = '  - {title: amount, from: amount, type: amount}';
  put('vouchers.yaml', 'layout: v', 'columns:', ...columns('account', 'memo'), sum);
  put('vouchers.csv', 'account,memo,amount', `1012.02,of ${CLEAR[2]},5.00`, `1,,${CLEAR[1]}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const check = (name: string, ...more: readonly string[]) =>
  run([...['layout', 'check', join(folder, `${name}.yaml`), join(folder, `${name}.csv`)], ...more]);

describe('loanbook layout check', () => {
  it('shows the rows without anybody in them, to a person and to a program', async () => {
    const shown = await check('parties');
    expect(shown.exitCode).toBe(4);
    for (const clear of CLEAR) expect(shown.stdout).not.toContain(clear);
    const told = JSON.parse((await check('parties', '--json')).stdout);
    expect(told.first).toEqual([
      {
        ...{ line: 2, party: 'C1', name: '王**', id_number: '1****************X' },
        ...{ birth: '1949-**-**', phone: '138******00', email: '', device: '' },
      },
      {
        ...{ line: 3, party: 'C2', name: '王**', id_number: '', birth: '', phone: '' },
        ...{ email: 'a**@mail.example', device: '****' },
      },
    ]);
  });

  it('masks what is personal by its check digits in any other field, and no account', async () => {
    const told = JSON.parse((await check('vouchers', '--json')).stdout);
    expect(told.first).toEqual([
      { line: 2, account: '1012.02', memo: 'of 138******00', amount: '5.00' },
    ]);
    expect(told.problems).toEqual([
      { line: 3, field: 'amount', rule: 'amount', value: '1****************X' },
    ]);
  });

  it('has nobody in what goes into a file or another program', async () => {
    const out = join(folder, 'out.csv');
    await check('parties', '--out', out);
    const kept = [
      readFileSync(out, 'utf8'),
      (await check('parties', '--format', 'csv')).stdout,
      (await check('parties', '--format', 'json')).stdout,
      (await check('parties', '--json')).stdout,
    ];
    for (const text of kept) {
      expect(text).toContain('138******00');
      for (const clear of CLEAR) expect(text).not.toContain(clear);
    }
  });
});
