import type { Violation } from '../../../documents/violations.js';
import { isInFile } from '../column-places.js';
import { type Expression, parseExpression } from '../expression/parse-expression.js';
import { ExpressionFault } from '../expression/tokens.js';
import type { LayoutShape } from '../layout-schema.js';

/** Expressions that cannot be read, and names in them that nothing gives. */
export function expressionViolations({ columns, titles, format }: LayoutShape): Violation[] {
  const found: Violation[] = [];
  const hasTitles = titles ?? format !== 'fixed';
  const known = new Set(
    columns.flatMap(({ from, when, expr }) =>
      from !== undefined && when === undefined && expr === undefined ? [from] : [],
    ),
  );
  const named = new Set(columns.flatMap(({ title }) => title ?? []));
  for (const [index, column] of columns.entries()) {
    for (const key of ['when', 'expr'] as const) {
      const source = column[key];
      if (source === undefined) continue;
      const path = `columns[${index}].${key}`;
      const parsed = parsedOr(source, path, found);
      if (parsed === undefined) continue;
      for (const title of parsed.titles) {
        if (hasTitles || named.has(title)) continue;
        found.push({ path, rule: `names no column: [${title}]`, value: source });
      }
      // What is written alone may be made of any field of ours.
      if (key === 'expr' && isInFile(column)) continue;
      for (const name of parsed.fields) {
        if (known.has(name)) continue;
        found.push({ path, rule: `names no column above: ${name}`, value: source });
      }
    }
    if (column.from !== undefined) known.add(column.from);
  }
  return found;
}

function parsedOr(source: string, path: string, found: Violation[]): Expression | undefined {
  try {
    return parseExpression(source);
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    found.push({ path, rule: `cannot be read at ${error.at}: ${error.message}`, value: source });
    return undefined;
  }
}
