import {
  operationOfDocument,
  operationOfLine,
} from '../../jobs/operations/simulate/simulate-operation.js';
import type { CommandModule } from '../shell/command-module.js';
import { answerLines, documentInput, wholeDocument } from '../shell/document-lines.js';
import { printClear } from '../shell/output.js';

export const command: CommandModule<[string | undefined], { lines?: boolean }> = {
  configure(cmd) {
    cmd.argument('[file]').option('--lines');
  },
  async run(context, [file = '-'], { lines = false }) {
    const input = documentInput(context, file);
    if (lines) await answerLines(context, input, operationOfLine);
    else printClear(context.stdout, operationOfDocument(await wholeDocument(input), input.name));
  },
};
