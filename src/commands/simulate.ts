import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { unreadable } from '../files/text-file.js';
import { bookProducts } from '../jobs/simulate/book-products.js';
import { openSimulator, type Simulator } from '../jobs/simulate/simulator.js';
import type { CommandModule } from './command-module.js';
import type { CommandContext } from './context.js';
import { printJson } from './output.js';
import { put } from './put-text.js';

/** Results are written in pieces of about this many characters. */
const PIECE_CHARS = 1 << 16;

export const command: CommandModule<[string | undefined], { lines?: boolean }> = {
  configure(cmd) {
    cmd.argument('[file]').option('--lines');
  },
  async run(context, [file = '-'], { lines = false }) {
    const simulator = await openSimulator(() => bookProducts(context.bookFolder, context.env));
    const isStdin = file === '-';
    const name = isStdin ? 'standard input' : file;
    const input = addAbortSignal(context.signal, isStdin ? context.stdin : createReadStream(file));
    try {
      if (lines) await simulateLines(context, simulator, input, name);
      else printJson(context.stdout, await simulator.one(await readAll(input), name));
    } catch (error) {
      if (!isStdin && isFileError(error)) throw unreadable(file, error);
      throw error;
    }
  },
};

function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

async function readAll(input: Readable): Promise<string> {
  let text = '';
  for await (const chunk of input.setEncoding('utf8')) text += chunk;
  return text;
}

async function simulateLines(
  context: CommandContext,
  simulator: Simulator,
  input: Readable,
  name: string,
): Promise<void> {
  const out = { stream: context.stdout, signal: context.signal };
  let number = 0;
  let piece = '';
  for await (const line of linesOf(input)) {
    number += 1;
    if (line.trim() === '') continue;
    context.signal.throwIfAborted();
    piece += `${JSON.stringify(await simulator.line(line, `${name}:${number}`))}\n`;
    if (piece.length < PIECE_CHARS) continue;
    await put(out, piece);
    piece = '';
  }
  context.stdout.write(piece);
}

async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
