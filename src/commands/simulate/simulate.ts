import { addAbortSignal } from 'node:stream';
import { fileChunks } from '../../files/file-content.js';
import { isStandardInput } from '../../files/regular-file.js';
import { TEXT_BYTES_MAX, tooLarge } from '../../files/text-file.js';
import { bookProducts } from '../../jobs/simulate/book-products.js';
import { openSimulator, type Simulator } from '../../jobs/simulate/simulator.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { printJson } from '../shell/output.js';
import { put } from '../shell/put-text.js';

/** Results are written in pieces of about this many characters. */
const PIECE_CHARS = 1 << 16;

export const command: CommandModule<[string | undefined], { lines?: boolean }> = {
  configure(cmd) {
    cmd.argument('[file]').option('--lines');
  },
  async run(context, [file = '-'], { lines = false }) {
    const simulator = await openSimulator(() => bookProducts(context.bookFolder, context.env));
    const isStdin = file === '-' || isStandardInput(file);
    const name = isStdin ? 'standard input' : file;
    const input: AsyncIterable<Buffer> = isStdin
      ? addAbortSignal(context.signal, context.stdin)
      : fileChunks(file, context.signal);
    if (lines) await simulateLines(context, simulator, input, name);
    else printJson(context.stdout, await simulator.one(await readAll(input, name), name));
  },
};

async function readAll(input: AsyncIterable<Buffer>, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > TEXT_BYTES_MAX) throw tooLarge(name);
  }
  return Buffer.concat(chunks);
}

async function simulateLines(
  context: CommandContext,
  simulator: Simulator,
  input: AsyncIterable<Buffer>,
  name: string,
): Promise<void> {
  const out = { stream: context.stdout, signal: context.signal };
  let number = 0;
  let piece = '';
  for await (const line of linesOf(input)) {
    number += 1;
    if (line.every((byte) => BLANKS.has(byte))) continue;
    context.signal.throwIfAborted();
    piece += `${JSON.stringify(await simulator.line(line, `${name}:${number}`))}\n`;
    if (piece.length < PIECE_CHARS) continue;
    await put(out, piece);
    piece = '';
  }
  context.stdout.write(piece);
}

/** Space, tab and carriage return. */
const BLANKS = new Set([0x20, 0x09, 0x0d]);

/** Lines as bytes, without their ends. The last may lack one: a JSON object ends by itself. */
async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      yield Buffer.concat([...rest, bytes.subarray(from, end)]);
      rest = [];
      from = end + 1;
    }
    if (from < bytes.length) rest.push(bytes.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
