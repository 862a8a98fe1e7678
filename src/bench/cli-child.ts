import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../package-root.js';
import type { MemorySampler } from './memory.js';

/** Runs one loanbook command as a user would, in its own process; returns its JSON document. */
export async function loanbook<T>(
  book: string,
  words: readonly string[],
  memory: MemorySampler,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const bin = join(packageRoot, 'bin/loanbook.js');
  const child = spawn(process.execPath, [bin, ...words, '--book', book, '--json', '--quiet'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const pid = child.pid!;
  memory.add(pid);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  memory.remove(pid);
  if (code !== 0) throw new Error(`loanbook ${words.join(' ')} ended with ${code}`);
  return JSON.parse(Buffer.concat(chunks).toString()) as T;
}
