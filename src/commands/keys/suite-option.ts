import { EXIT, LoanbookError } from '../../errors.js';
import { SUITES, type Suite } from '../../jobs/parties/suite.js';

/** Undefined stays undefined. Throws LoanbookError `unknown_suite` (2). */
export function suiteOption(asked: string | undefined): Suite | undefined {
  if (asked === undefined) return undefined;
  const suite = SUITES.find((name) => name === asked);
  if (suite !== undefined) return suite;
  throw new LoanbookError('unknown_suite', 'There is no such suite.', {
    exitCode: EXIT.usage,
    evidence: { option: '--suite', value: asked, known: SUITES.join(', ') },
    next: 'Name one of them: sm is SM4 and SM3.',
  });
}
