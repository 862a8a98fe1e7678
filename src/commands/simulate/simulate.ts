import { bookProducts } from '../../jobs/simulate/book-products.js';
import { openSimulator } from '../../jobs/simulate/simulator.js';
import type { CommandModule } from '../shell/command-module.js';
import { answerLines, documentInput, wholeDocument } from '../shell/document-lines.js';
import { printJson } from '../shell/output.js';

export const command: CommandModule<[string | undefined], { lines?: boolean }> = {
  configure(cmd) {
    cmd.argument('[file]').option('--lines');
  },
  async run(context, [file = '-'], { lines = false }) {
    const simulator = await openSimulator(() => bookProducts(context.bookFolder, context.env));
    const input = documentInput(context, file);
    if (lines) await answerLines(context, input, simulator.line);
    else printJson(context.stdout, await simulator.one(await wholeDocument(input), input.name));
  },
};
