import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { biomeFindings } from './biome-findings.js';
import { maskSource } from './mask-source.js';
import { showFinding, statementFindings, styleFindings } from './style-rules.js';

/** file, source, rule that fires, on line */
const BAD: readonly [string, string, string, number][] = [
  ['src/accounting/x.ts', "const a = parseFloat('1');", 'parse-float', 1],
  ['src/accounting/x.ts', 'export const f = (x: number) => x.toFixed(2);', 'to-fixed', 1],
  ['src/accounting/x.ts', '\nconst a = Math.round(1.5);', 'math-round', 2],
  ['src/accounting/x.ts', 'const a = new Date();', 'new-date', 1],
  ['src/accounting/x.ts', 'const a = Date.now();', 'date-now', 1],
  ['src/operations/x.ts', 'const a = Date.now();', 'date-now', 1],
  ['src/operations/x.ts', "import { a } from '../db/a.js';", 'import-direction', 1],
  ['src/jobs/x.ts', '// why\nprocess.exit(1);', 'process-exit', 2],
  ['src/cli.ts', 'process.exit(1);', 'process-exit', 1],
  ['src/jobs/x.ts', '// TO' + 'DO later', 'open-end', 1],
  ['src/jobs/x.ts', '/*\n * FIX' + 'ME\n */', 'open-end', 2],
  ['src/commands/x.ts', 'q(`SELECT a\n  FROM b`);', 'sql', 1],
  ['src/commands/x.ts', "q('INSERT INTO loan VALUES (1)');", 'sql', 1],
  ['src/files/x.ts', "q('UPDATE loan SET a = 1');", 'sql', 1],
  ['src/files/x.ts', "q('COPY loan (a) FROM STDIN');", 'sql', 1],
  ['src/jobs/x.ts', 'q(`SELECT a\n  FROM b WHERE type = 5`);', 'bare-code', 2],
  ['src/jobs/x.ts', 'q(`${a} AND e.type <= 2 AND ${b}`);', 'bare-code', 1],
  ['src/jobs/x.ts', "q('x.kind IN (1, 2)');", 'bare-code', 1],
  ['src/jobs/x.ts', "q('coalesce(e.type, t.type) <> 13');", 'bare-code', 1],
  ['src/jobs/x.ts', "const a = '1304.01';", 'account-code', 1],
  ['src/jobs/x.ts', "q(`a.code = '1304.01'`);", 'account-code', 1],
  ['src/files/x.ts', `const a = '${'x'.repeat(95)}';`, 'columns', 1],
  ['src/files/x.ts', 'f();\n'.repeat(301), 'file-lines', 301],
  ['src/files/string-utils.ts', 'f();', 'vague-name', 1],
  ['src/files/common.ts', 'f();', 'vague-name', 1],
  ['src/db/helper.ts', 'f();', 'vague-name', 1],
  ['src/jobs/task-manager.ts', 'f();', 'vague-name', 1],
  ['src/accounting/x.ts', "import { a } from '../errors.js';", 'import-direction', 1],
  ['src/accounting/x.ts', "import fs from 'node:fs';", 'import-direction', 1],
  ['src/accounting/x.ts', "import { z } from 'zod';", 'import-direction', 1],
  ['src/accounting/deep/x.ts', "export * from '../../db/a.js';", 'import-direction', 1],
  ['src/db/x.ts', "import type { A } from '../jobs/a.js';", 'import-direction', 1],
  ['src/db/x.ts', "import {\n  a,\n} from '../commands/a.js';", 'import-direction', 3],
  ['src/files/x.ts', "const a = await import('../jobs/eod/a.js');", 'import-direction', 1],
  ['src/jobs/eod/x.ts', "import { a } from '../../commands/a.js';", 'import-direction', 1],
  ['src/commands/x.ts', "import { a } from '../bench/a.js';", 'import-direction', 1],
  ['src/commands/x.ts', "import { a } from '../cli.js';", 'import-direction', 1],
  ['src/log.ts', "import { a } from './db/a.js';", 'import-direction', 1],
  ['src/log.ts', "import { a } from './accounting/a.js';", 'import-direction', 1],
  ['src/log.ts', "import { a } from './operations/a.js';", 'import-direction', 1],
  ['src/operations/x.ts', "import { z } from 'zod';", 'import-direction', 1],
  ['src/operations/files/x.ts', "import { a } from '../../files/a.js';", 'import-direction', 1],
  ['src/accounting/x.ts', "import { a } from '../operations/a.js';", 'import-direction', 1],
];

const GOOD: readonly [string, string][] = [
  ['src/accounting/x.ts', "import { Decimal } from 'decimal.js';\nimport { a } from './a.js';"],
  ['src/accounting/x.ts', '// parseFloat and Math.round(x) have no place here\nf();'],
  ['src/accounting/x.ts', "const a = 'new Date()';"],
  ['src/files/x.ts', "import { a } from '../accounting/a.js';\nimport { b } from '../log.js';"],
  ['src/documents/x.ts', "import { a } from '../db/a.js';"],
  ['src/jobs/x.ts', "import { a } from '../accounting/a.js';\nimport { b } from '../db/b.js';"],
  ['src/operations/x.ts', "import { a } from '../accounting/a.js';"],
  ['src/jobs/x.ts', "import { a } from '../operations/a.js';"],
  ['src/commands/x.ts', "import { a } from '../jobs/a.js';\nprocess.exit(1);"],
  ['src/cli.ts', "import { a } from './commands/a.js';"],
  ['src/bench/x.ts', "import { a } from '../commands/a.js';\nq('SELECT 1 FROM a');"],
  ['src/db/x.ts', "q('SELECT 1 FROM loan');"],
  ['src/commands/x.ts', '// SELECT 1 FROM loan is for src/db\nf();'],
  ['src/jobs/x.ts', "if (kind < 0) q('type = line_paid() AND type = ANY ($1)');"],
  ['src/jobs/x.ts', '// type = 5\nq(`type = ${EVENT_TYPE.fee}`);'],
  ['src/jobs/x.ts', "const a = 'such as 1924.60'; const b = '13.04';"],
  ['src/files/column-order.ts', "f('select a file from the list');"],
];

/** What of a statement is a bare code, or a loan without its bucket. */
const STATEMENTS: readonly [string, string[]][] = [
  ['SELECT 1 WHERE e.type = 5 AND status<>3', ['type = 5', 'status<>3']],
  ['SELECT 1 WHERE kind NOT IN (1, 2)', ['kind NOT IN (1']],
  ['SELECT 1 WHERE type BETWEEN 3 AND 12', ['type BETWEEN 3']],
  ['SELECT CASE standing WHEN 0 THEN 1 END', ['CASE standing WHEN 0']],
  ['SELECT 1 FROM a JOIN b USING (loan_id)', ['USING (loan_id']],
  ['SELECT 1 FROM a GROUP BY a.loan_id', ['GROUP BY a.loan_id']],
  ['SELECT 1 FROM a JOIN b USING (bucket, loan_id) GROUP BY bucket, loan_id', []],
  ["-- type = 5\nSELECT 1 WHERE type = 'amount' AND kind = line_paid() AND types = 5", []],
];

describe('style rules', () => {
  it.each(STATEMENTS)('finds what is wrong in %j', (sql, found) => {
    expect(statementFindings('x.sql', sql).map(({ text }) => text)).toEqual(found);
  });

  it.each(BAD)('%s: %j breaks %s', (file, source, rule, line) => {
    const findings = styleFindings(file, source);
    expect(findings.map((finding) => [finding.rule, finding.line])).toEqual([[rule, line]]);
    expect(findings[0]?.instead).toMatch(/\w/);
  });

  it.each(GOOD)('%s: %j breaks nothing', (file, source) => {
    expect(styleFindings(file, source)).toEqual([]);
  });

  it('shows file, line, rule and what to write instead', () => {
    const [finding] = styleFindings('src/accounting/x.ts', '\n\nconst a = Date.now();');
    expect(finding && showFinding(finding)).toBe(
      'src/accounting/x.ts:3 date-now: Date.now; write instead: ' +
        'the business date as an argument',
    );
  });
});

describe('maskSource', () => {
  /** source, what stays as code with runs of blanks made one */
  const CASES: readonly [string, string][] = [
    ["a('x // y'); // z", 'a( );'],
    ["a('it\\'s', b)", 'a( , b)'],
    ['a(/[/"]\\//g, b); c / d / e', 'a( , b); c / d / e'],
    ['a(`x ${b(`y ${c} z`)} w`, d)', 'a( b( c ) , d)'],
    ['a({ b: `${{ c: 1 }.c}` })', 'a({ b: { c: 1 }.c })'],
    ['/* a\n b */ c', ' \n c'],
  ];
  it.each(CASES)('%j', (source, code) => {
    const masked = maskSource(source).code;
    expect(masked.length).toBe(source.length);
    expect(masked.replace(/ +/g, ' ').trimEnd()).toBe(code);
  });
});

describe('Biome rules', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'loanbook-style-'));
    mkdirSync(join(folder, 'src'));
    copyFileSync(join(packageRoot, 'biome.json'), join(folder, 'biome.json'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const long = `export function f(g: () => void) {\n${'  g();\n'.repeat(71)}}\n`;
  const allowed = `export function f(g: () => void) {\n${'  g();\n'.repeat(68)}}\n`;
  const CASES: readonly [string, string, string[]][] = [
    ['long.ts', long, ['src/long.ts:1 lint/complexity/noExcessiveLinesPerFunction']],
    ['short.ts', allowed, []],
    ['any.ts', 'export const a: any = 1;\n', ['src/any.ts:1 lint/suspicious/noExplicitAny']],
    ['log.ts', 'f();\nconsole.log(1);\n', ['src/log.ts:2 lint/suspicious/noConsole']],
    ['default.ts', 'export default 1;\n', ['src/default.ts:1 lint/style/noDefaultExport']],
    ['camelCase.ts', '', ['src/camelCase.ts:1 lint/style/useFilenamingConvention']],
    ['format.ts', 'export const a  = 1\n', ['src/format.ts:1 format']],
  ];
  it.each(CASES)('%s', (file, source, expected) => {
    const path = join(folder, 'src', file);
    writeFileSync(path, source);
    const biome = join(packageRoot, 'node_modules/@biomejs/biome/bin/biome');
    const found = biomeFindings(biome, folder).map((finding) => finding.split(': ')[0]);
    rmSync(path);
    expect(found.filter((finding) => finding?.startsWith('src/'))).toEqual(expected);
  });
});
