import { connect } from 'node:net';
import type pg from 'pg';
import type { DatabaseTarget } from './target.js';

/** Code of a CancelRequest (documentation: Message Formats). */
const CANCEL_REQUEST = 80_877_102;
/** A statement that begins after the first request is cancelled by a later one. */
const REPEAT_MS = 500;
const PORT_FILE = '.s.PGSQL.';

/** What pg keeps of a session and its types do not tell. */
interface SessionKey {
  readonly processID: number | null;
  readonly secretKey: number | null;
}

const sessions = new Map<pg.Client, DatabaseTarget>();
let stop: AbortSignal | undefined;

/**
 * From the moment on that `signal` is aborted no session of this process is opened and no
 * transaction committed, and what the server is at for it is cancelled: a lock that is waited for
 * and a long query too. Called once, by the process itself.
 */
export function interruptOn(signal: AbortSignal): void {
  stop = signal;
  signal.addEventListener('abort', () => {
    cancelAll();
    setInterval(cancelAll, REPEAT_MS).unref();
  });
}

/** Throws what interrupted the process. */
export function throwIfInterrupted(): void {
  stop?.throwIfAborted();
}

export function isInterrupted(): boolean {
  return stop?.aborted ?? false;
}

/** Has the statements of a session cancelled too, until it ends. */
export function cancelWhenInterrupted(client: pg.Client, target: DatabaseTarget): void {
  sessions.set(client, target);
  client.once('end', () => sessions.delete(client));
}

function cancelAll(): void {
  for (const [client, target] of sessions) cancel(client, target);
}

/** Asks the server to cancel what the session is at; one that is idle takes no notice. */
function cancel(client: pg.Client, { host, port }: DatabaseTarget): void {
  const { processID, secretKey } = client as unknown as SessionKey;
  if (processID === null || secretKey === null) return;
  const socket = host.startsWith('/')
    ? connect(`${host}/${PORT_FILE}${port}`)
    : connect(port, host);
  socket.on('error', () => undefined);
  socket.unref();
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(CANCEL_REQUEST, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  socket.end(request);
}
