import { readJsonLine } from '../../documents/json-line.js';
import { readDocumentText } from '../../documents/read-text.js';
import { refuseViolations } from '../../documents/violations.js';
import { LoanbookError } from '../../errors.js';
import { maskText } from '../../files/mask.js';
import { strictText } from '../../files/text-file.js';

/** Works out one input, or throws a LoanbookError that names a path; `source` is how it begins. */
export type Simulation = (input: unknown, source?: string) => object;

/** Cases that an engine works out on paper, by their `kind`. */
export interface SimulatedKinds {
  /** Throws LoanbookError `invalid_document`, for an unknown kind too, and what the kind throws. */
  ofValue(input: unknown, source: string): object;
  /** One JSON or YAML document, in UTF-8. */
  ofDocument(document: Buffer, source: string): object;
  /** One JSON document; a refused one gives its code and a message without personal data. */
  ofLine(line: Buffer, source: string): object;
}

export function simulatedKinds(kinds: Readonly<Record<string, Simulation>>): SimulatedKinds {
  const ofValue = (input: unknown, source: string) => {
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    if (!isObject) refuseViolations({ name: source }, [{ path: '', rule: 'must be a mapping' }]);
    const kind = Reflect.get(Object(input), 'kind');
    if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) {
      const rule = `must be one of ${Object.keys(kinds).join(', ')}`;
      refuseViolations({ name: source }, [{ path: 'kind', rule, value: kind }]);
    }
    return kinds[String(kind)]!(input, source);
  };
  return {
    ofValue,
    ofDocument: (document, source) =>
      ofValue(readDocumentText(strictText(document, source), source), source),
    ofLine: (line, source) => {
      try {
        return ofValue(readJsonLine(strictText(line, source), source), source);
      } catch (error) {
        if (!(error instanceof LoanbookError)) throw error;
        return { error: { code: error.code, message: maskText(error.message) } };
      }
    },
  };
}
