import { FUNDING_ON_PAPER } from '../../jobs/funding/simulate/simulate-funding.js';
import type { CommandModule } from '../shell/command-module.js';
import { answerLines, documentInput, wholeDocument } from '../shell/document-lines.js';
import { printClear } from '../shell/output.js';

export const command: CommandModule<[string | undefined], { lines?: boolean }> = {
  configure(cmd) {
    cmd.argument('[file]').option('--lines');
  },
  async run(context, [file = '-'], { lines = false }) {
    const input = documentInput(context, file);
    if (lines) await answerLines(context, input, FUNDING_ON_PAPER.ofLine);
    else {
      const document = await wholeDocument(input);
      printClear(context.stdout, FUNDING_ON_PAPER.ofDocument(document, input.name));
    }
  },
};
