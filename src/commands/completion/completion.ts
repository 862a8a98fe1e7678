import { EXIT, LoanbookError } from '../../errors.js';
import type { CommandModule } from '../shell/command-module.js';
import { placesOf, SHELLS } from './command-tree.js';
import { bashScript, zshScript } from './scripts.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript } as const;

export const command: CommandModule<[string]> = {
  configure(cmd) {
    cmd.argument('<shell>');
  },
  async run({ stdout }, [asked]) {
    const shell = SHELLS.find((name) => name === asked);
    if (shell === undefined) {
      throw new LoanbookError('unknown_shell', 'There is no completion for such a shell.', {
        exitCode: EXIT.usage,
        evidence: { shell: asked, known: SHELLS.join(', ') },
        next: 'Name one of them.',
      });
    }
    // The list of commands names this one: it is there once it runs.
    const { GROUP_SUMMARIES, REGISTRY } = await import('../index.js');
    stdout.write(SCRIPTS[shell](placesOf(REGISTRY, GROUP_SUMMARIES)));
    return undefined;
  },
};
