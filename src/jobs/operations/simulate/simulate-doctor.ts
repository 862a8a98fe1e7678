import { EXIT } from '../../../errors.js';
import { examine, isFailing } from '../../../operations/doctor/examine.js';
import { readDoctorInput } from '../documents/doctor-input.js';

/** What `doctor` says of facts, and how it ends. Throws LoanbookError `invalid_document`. */
export function simulateDoctor(input: unknown, source = 'doctor'): object {
  const findings = examine(readDoctorInput(input, source));
  return {
    checks: findings.map(({ check, status }) => ({ check, status })),
    findings,
    exit: isFailing(findings) ? EXIT.difference : EXIT.done,
  };
}
