import { DOCTOR_ZH } from './doctor.js';
import { ERRORS_ZH } from './errors.js';
import { HEADS_ZH } from './heads.js';

/** Chinese by the English text; the words are those of docs/glossary.md. */
export const ZH: ReadonlyMap<string, string> = new Map(
  [ERRORS_ZH, HEADS_ZH, DOCTOR_ZH].flatMap((words) => Object.entries(words)),
);
