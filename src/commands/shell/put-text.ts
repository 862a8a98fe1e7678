import { once } from 'node:events';
import type { OutputStream } from './context.js';

export interface Output {
  readonly stream: OutputStream;
  readonly signal: AbortSignal;
}

/** Waits while the reader is behind, so that what is printed does not pile up in memory. */
export async function put({ stream, signal }: Output, piece: string | Uint8Array): Promise<void> {
  if (!stream.write(piece)) await once(stream, 'drain', { signal });
}
