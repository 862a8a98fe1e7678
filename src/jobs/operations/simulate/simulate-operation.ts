import { readJsonLine } from '../../../documents/json-line.js';
import { readDocumentText } from '../../../documents/read-text.js';
import { refuseViolations } from '../../../documents/violations.js';
import { LoanbookError } from '../../../errors.js';
import { maskText } from '../../../files/mask.js';
import { strictText } from '../../../files/text-file.js';
import { simulateDoctor } from './simulate-doctor.js';
import { simulateFiles } from './simulate-files.js';
import { simulateMask } from './simulate-mask.js';
import { simulatePlan } from './simulate-plan.js';
import { simulateReport } from './simulate-report.js';
import { simulateSchedule } from './simulate-schedule.js';
import { simulateSeal } from './simulate-seal.js';
import { simulateWindow } from './simulate-window.js';

/** Works out one input, or throws a LoanbookError that names a path; `source` is how it begins. */
type Simulation = (input: unknown, source?: string) => object;

/** A line a kind. */
const KINDS: Readonly<Record<string, Simulation>> = {
  schedule: simulateSchedule,
  plan: simulatePlan,
  window: simulateWindow,
  files: simulateFiles,
  mask: simulateMask,
  seal: simulateSeal,
  doctor: simulateDoctor,
  report: simulateReport,
};

/** What a worked case of any kind comes to. Throws LoanbookError `unknown_kind` and the kind's. */
export function simulateOperation(input: unknown, source: string): object {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  if (!isObject) refuseViolations({ name: source }, [{ path: '', rule: 'must be a mapping' }]);
  const kind = Reflect.get(Object(input), 'kind');
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) {
    const rule = `must be one of ${Object.keys(KINDS).join(', ')}`;
    refuseViolations({ name: source }, [{ path: 'kind', rule, value: kind }]);
  }
  return KINDS[String(kind)]!(input, source);
}

/** One JSON or YAML document, in UTF-8. */
export function operationOfDocument(document: Buffer, source: string): object {
  return simulateOperation(readDocumentText(strictText(document, source), source), source);
}

/** One JSON document; a refused one gives its code and a message without personal data. */
export function operationOfLine(line: Buffer, source: string): object {
  try {
    return simulateOperation(readJsonLine(strictText(line, source), source), source);
  } catch (error) {
    if (!(error instanceof LoanbookError)) throw error;
    return { error: { code: error.code, message: maskText(error.message) } };
  }
}
