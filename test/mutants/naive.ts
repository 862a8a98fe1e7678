import { parse } from 'yaml';

/** Text as the bytes say, or nothing where they are no UTF-8. */
function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The rows of a CSV file as a person would read them, by title: an auditor of the program's reader
 * that knows quotes and line ends, and nothing of what the columns mean.
 */
export function rowsOf(bytes: Buffer): readonly Record<string, string>[] | undefined {
  const content = decoded(bytes);
  if (content === undefined) return undefined;
  const [titles = [], ...rows] = fieldsOf(content).filter((row) => row.some((cell) => cell !== ''));
  return rows.map((row) => Object.fromEntries(titles.map((title, at) => [title, row[at] ?? ''])));
}

function fieldsOf(content: string): string[][] {
  const rows: string[][] = [['']];
  let isQuoted = false;
  for (let at = 0; at < content.length; at += 1) {
    const sign = content[at]!;
    const row = rows.at(-1)!;
    if (isQuoted && sign === '"' && content[at + 1] === '"') {
      row[row.length - 1] += '"';
      at += 1;
    } else if (sign === '"' && (isQuoted || row.at(-1) === '')) isQuoted = !isQuoted;
    else if (isQuoted) row[row.length - 1] += sign;
    else if (sign === ',') row.push('');
    else if (sign === '\n') rows.push(['']);
    else if (sign !== '\r' || content[at + 1] !== '\n') row[row.length - 1] += sign;
  }
  return rows;
}

/** A document as text by path, `a.b[0]`; undefined where it is none. */
export function leavesOf(bytes: Buffer): Map<string, string> | undefined {
  const content = decoded(bytes);
  if (content === undefined) return undefined;
  try {
    return flat(parse(content, { schema: 'failsafe', maxAliasCount: 100 }));
  } catch {
    return undefined;
  }
}

export function flat(value: unknown, path = '', into = new Map<string, string>()) {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) flat(inner, `${path}.${key}`, into);
  } else into.set(path, String(value));
  return into;
}
