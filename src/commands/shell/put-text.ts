import { once } from 'node:events';
import type { OutputStream } from './context.js';

export interface Output {
  readonly stream: OutputStream;
  readonly signal: AbortSignal;
}

/** Waits while the reader is behind, so that what is printed does not pile up in memory. */
export async function put({ stream, signal }: Output, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain', { signal });
}
