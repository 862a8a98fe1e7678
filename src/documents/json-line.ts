import { EXIT, LoanbookError } from '../errors.js';
import { wholeValue } from './read-text.js';

/**
 * The value of one JSON document on a line of its own. Throws LoanbookError `invalid_document`,
 * where the text is no JSON, or an object has a key twice, at any depth.
 */
export function readJsonLine(text: string, sourceName: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(sourceName, error instanceof Error ? error.message : String(error));
  }
  const key = doubledKey(text);
  if (key !== undefined) throw unreadable(sourceName, `the key ${JSON.stringify(key)} twice`);
  return wholeValue(value, sourceName);
}

/** Strings, and the brackets and colons between them; `text` is known to be JSON. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/** The first key that an object has a second time: JSON.parse takes the last one of them. */
function doubledKey(text: string): string | undefined {
  const open: (Set<string> | null)[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const keys = open.at(-1);
      const key: string = JSON.parse(last);
      if (keys?.has(key)) return key;
      keys?.add(key);
    } else last = token;
  }
  return undefined;
}

function unreadable(source: string, reason: string): LoanbookError {
  return new LoanbookError('invalid_document', `${source}: cannot be read: ${reason}`, {
    exitCode: EXIT.usage,
    evidence: { source },
  });
}
