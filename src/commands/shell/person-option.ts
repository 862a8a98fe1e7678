import { EXIT, LoanbookError } from '../../errors.js';
import type { CommandContext } from './context.js';

/** Who does it: `--by`, else the name of the login at this machine. Throws `person_missing` (2). */
export function personOption(context: CommandContext, by: string | undefined): string {
  const name = (by ?? context.env.USER ?? '').trim();
  if (name !== '') return name;
  throw new LoanbookError('person_missing', 'it must be known who does this', {
    exitCode: EXIT.usage,
    evidence: { option: '--by' },
    next: 'name a person with --by',
  });
}
