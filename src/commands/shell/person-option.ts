import { userInfo } from 'node:os';
import { EXIT, LoanbookError } from '../../errors.js';

/** Who acts: `--by`, else the login at this machine. Throws `person_missing` (2) without a name. */
export function personOption(by: string | undefined): string {
  const name = (by ?? loginName()).trim();
  if (name !== '') return name;
  throw new LoanbookError('person_missing', 'It must be known who does this.', {
    exitCode: EXIT.usage,
    evidence: { option: '--by' },
    next: 'Name a person with --by.',
  });
}

/** Empty where the system has no name for the login, as in a container of any user. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
