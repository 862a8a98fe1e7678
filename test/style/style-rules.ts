import { basename } from 'node:path';
import { ENGINES } from './house.js';
import { importFindings } from './import-direction.js';
import { maskSource } from './mask-source.js';

/** A rule that a line breaks, and what to write instead. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly text: string;
  readonly instead: string;
}

interface Ban {
  readonly rule: string;
  readonly pattern: RegExp;
  /** Where the pattern is looked for: code, strings, both, or comments as well. */
  readonly within: 'code' | 'texts' | 'statements' | 'source';
  readonly appliesTo: (file: string) => boolean;
  readonly instead: string;
}

export const LINES_MAX = 300;
export const COLUMNS_MAX = 100;

const inEngines = (file: string) => ENGINES.some((engine) => file.startsWith(`src/${engine}/`));
const belowCommands = (file: string) => !/^(?:bin|src\/commands)\//.test(file);
const withoutSql = (file: string) => !/^src\/(?:db|jobs|bench|chaos)\//.test(file);
const everywhere = () => true;
/** What the program named before ledger documents had roles; some make a book of their own. */
const belowRoles = (file: string) =>
  !/^src\/(?:(?:bench|chaos)\/|.*\/ledger-roles\.ts$)/.test(file);
const ACCOUNT_CODE = /'[1-9][0-9]{3}\.[0-9]{2}'/;

const SQL = [
  /\bSELECT\s[\s\S]{1,200}?\sFROM\s/,
  /\b(?:INSERT\s+INTO|DELETE\s+FROM|TRUNCATE|(?:CREATE|ALTER|DROP)\s+(?:TABLE|SCHEMA|ROLE))\s/,
  /\bUPDATE\s+\w+\s+SET\s|\bCOPY\s[^\n]*\s(?:FROM\s+STDIN|TO\s+STDOUT)\b/,
];

/** Columns of codes, in a statement, against a number. */
const CODED = String.raw`\b(?:type|kind|component|status|classification|standing)\b\)?\s*`;
const BARE_CODES = [
  `${CODED}(?:[=<>]|<>|!=|<=|>=)\\s*-?\\d`,
  `${CODED}(?:NOT\\s+)?(?:IN\\s*\\(|BETWEEN)\\s*-?\\d`,
  `\\bCASE\\s+(?:\\w+\\.)?${CODED}WHEN\\s+-?\\d`,
].map((pattern) => new RegExp(pattern));
const NAMED_CODE = 'a function of src/db/functions/codes.sql';
/** Of numbers made of bucket and ordinal the server has but a thousand hashes. */
const LONE_LOAN = /\b(?:(?:GROUP|PARTITION) BY\s+|USING\s*\()(?:\w+\.)?loan_id\b/;

/** Functions, names, `any`, `console` and default exports are Biome's, see biome.json. */
const BANS: readonly Ban[] = [
  ban('parse-float', /\bparseFloat\b/, 'code', inEngines, 'parse the text into minor units'),
  ban('to-fixed', /\.toFixed\(/, 'code', inEngines, 'format integer minor units'),
  ban('math-round', /\bMath\.round\b/, 'code', inEngines, 'mulDivRound with a named mode'),
  ban('new-date', /\bnew Date\b/, 'code', inEngines, 'an EpochDay given as an argument'),
  ban('date-now', /\bDate\.now\b/, 'code', inEngines, 'the business date as an argument'),
  ban('process-exit', /\bprocess\.exit\(/, 'code', belowCommands, 'throw a LoanbookError'),
  ban('open-end', /\b(?:TODO|FIXME|XXX|HACK)\b/, 'source', everywhere, 'do it, or leave it out'),
  ...SQL.map((pattern) =>
    ban('sql', pattern, 'statements', withoutSql, 'a function of src/db or src/jobs'),
  ),
  ban('account-code', ACCOUNT_CODE, 'statements', belowRoles, 'a role of the ledger document'),
  ...BARE_CODES.map((pattern) => ban('bare-code', pattern, 'texts', everywhere, NAMED_CODE)),
];

function ban(
  rule: string,
  pattern: RegExp,
  within: Ban['within'],
  appliesTo: Ban['appliesTo'],
  instead: string,
): Ban {
  return { rule, pattern: new RegExp(pattern, 'g'), within, appliesTo, instead };
}

/** Everything that one source file breaks; `file` is its path from the package's folder. */
export function styleFindings(file: string, source: string): Finding[] {
  const { code, statements } = maskSource(source);
  const masked = { source, code, statements, texts: textsOf(statements, code) };
  const banned = BANS.filter(({ appliesTo }) => appliesTo(file)).flatMap(
    ({ rule, pattern, within, instead }) =>
      [...masked[within].matchAll(pattern)].map((match): Finding => {
        const line = masked[within].slice(0, match.index).split('\n').length;
        return { file, line, rule, text: match[0].trim(), instead };
      }),
  );
  return [...shapeFindings(file, source), ...banned, ...importFindings(file, masked.statements)];
}

/** Bare codes of a statement in a file of its own, and loans that are hashed without their bucket. */
export function statementFindings(file: string, source: string): Finding[] {
  const sql = source.replace(/--.*$/gm, '');
  const found = (pattern: RegExp, rule: string, instead: string) =>
    [...sql.matchAll(new RegExp(pattern, 'g'))].map((match): Finding => {
      const line = sql.slice(0, match.index).split('\n').length;
      return { file, line, rule, text: match[0].trim(), instead };
    });
  return [
    ...BARE_CODES.flatMap((pattern) => found(pattern, 'bare-code', NAMED_CODE)),
    ...found(LONE_LOAN, 'lone-loan', 'bucket, loan_id'),
  ];
}

/** What only the strings of a source say: what lies in its statements and not in its code. */
function textsOf(statements: string, code: string): string {
  return statements
    .split('')
    .map((char, at) => (char === code[at] && char !== '\n' ? ' ' : char))
    .join('');
}

function shapeFindings(file: string, source: string): Finding[] {
  const findings: Finding[] = [];
  const lines = source.trimEnd().split('\n');
  const add = (line: number, rule: string, text: string, instead: string) =>
    findings.push({ file, line, rule, text, instead });
  if (lines.length > LINES_MAX) {
    add(LINES_MAX + 1, 'file-lines', `${lines.length} lines`, 'two files, each with one subject');
  }
  for (const [at, line] of lines.entries()) {
    const columns = [...line].length;
    if (columns > COLUMNS_MAX) add(at + 1, 'columns', `${columns} columns`, 'break the line');
  }
  const vague = /(?:^|[-.])(?:utils?|helpers?|common|managers?)(?=[-.])/.exec(basename(file));
  if (vague) add(1, 'vague-name', basename(file), 'a name that says what the file is about');
  return findings;
}

/** `src/x.ts:12 rule: what was found; write instead: ...` */
export function showFinding({ file, line, rule, text, instead }: Finding): string {
  return `${file}:${line} ${rule}: ${text}; write instead: ${instead}`;
}
