import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, withClient } from '../../../src/db/connect.js';
import { CopyOut, copyOut } from '../../../src/db/copy/copy-out.js';
import { copyRows } from '../../../src/db/copy/copy-stream.js';
import { readInt8 } from '../../../src/db/copy/copy-tuple.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

/** A message of the protocol: its code, the length of what follows with itself, its body. */
function message(code: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(code, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A socket that delivers what it is told to, and counts how often it is asked to wait. */
class FakeSocket extends EventEmitter {
  pauses = 0;
  pause(): void {
    this.pauses += 1;
  }
  resume(): void {}
}

/** Reads `bytes`, which arrive in pieces of these sizes, and what the connection itself is left. */
async function readIn(
  bytes: Buffer,
  sizes: readonly number[],
): Promise<{ rows: Buffer; rest: Buffer; pauses: number }> {
  const socket = new FakeSocket();
  const rest: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => rest.push(Buffer.from(chunk)));
  const asked: string[] = [];
  const copy = new CopyOut('SELECT 1');
  copy.submit({ stream: socket as never, query: (text) => asked.push(text) });
  expect(asked).toEqual(['COPY (SELECT 1) TO STDOUT (FORMAT binary)']);
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length]!;
    socket.emit('data', Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  const rows: Buffer[] = [];
  for await (const chunk of copy) rows.push(Buffer.from(chunk));
  return { rows: Buffer.concat(rows), rest: Buffer.concat(rest), pauses: socket.pauses };
}

const bytesOf = (max: number) => fc.uint8Array({ maxLength: max }).map((b) => Buffer.from(b));

describe('the messages of a COPY', () => {
  it('give their rows and leave the rest to the connection, however they are cut', async () => {
    const between = fc.record({ code: fc.constantFrom('N', 'S'), body: bytesOf(20) });
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(bytesOf(60), between)),
        bytesOf(30),
        sizes,
        async (parts, after, cut) => {
          const rows: Buffer[] = [];
          const sent = [message('H', Buffer.alloc(7))];
          for (const part of parts) {
            if (Buffer.isBuffer(part)) rows.push(part);
            sent.push(Buffer.isBuffer(part) ? message('d', part) : message(part.code, part.body));
          }
          const ending = Buffer.concat([message('C', after), message('Z', Buffer.from('I'))]);
          const bytes = Buffer.concat([...sent, message('c', Buffer.alloc(0)), ending]);
          const found = await readIn(bytes, cut);
          expect(found.rows.equals(Buffer.concat(rows))).toBe(true);
          expect(found.rest.equals(ending)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('wait on the server once 256 KB have not been taken', async () => {
    const row = message('d', Buffer.alloc(65_531));
    const bytes = Buffer.concat([row, row, row, row, row, message('c', Buffer.alloc(0))]);
    expect((await readIn(bytes.subarray(0), [65_536])).pauses).toBe(1);
    expect(
      (await readIn(Buffer.concat([row, message('c', Buffer.alloc(0))]), [65_536])).pauses,
    ).toBe(0);
  });
});

describe('a COPY from the server', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  const sumOf = async (
    client: Parameters<typeof copyRows>[0],
    select: string,
  ): Promise<{ rows: number; sum: number }> => {
    const found = { rows: 0, sum: 0 };
    await copyRows(client, select, 2, (view, at) => {
      found.rows += 1;
      found.sum += readInt8(view, at + 4);
    });
    return found;
  };
  const NUMBERS = `SELECT i::int8, repeat('x', (i % 700)::int4) FROM generate_series(1, 100000) i`;

  it('brings every row, and the connection goes on behind it', async () => {
    await withClient(database.target, {}, async (client) => {
      for (let round = 0; round < 3; round += 1) {
        // 1 + 2 + … + 100,000 = 100,000 × 100,001 ÷ 2.
        expect(await sumOf(client, NUMBERS)).toEqual({ rows: 100_000, sum: 5_000_050_000 });
        expect((await client.query('SELECT 7 AS n')).rows).toEqual([{ n: 7 }]);
        expect(await sumOf(client, 'SELECT 1::int8, 2 WHERE false')).toEqual({ rows: 0, sum: 0 });
      }
    });
  });

  it('waits its turn among other queries', async () => {
    await withClient(database.target, {}, async (client) => {
      const before = client.query('SELECT 1 AS n');
      const sum = sumOf(client, NUMBERS);
      const after = client.query('SELECT 2 AS n');
      expect((await before).rows).toEqual([{ n: 1 }]);
      expect((await sum).rows).toBe(100_000);
      expect((await after).rows).toEqual([{ n: 2 }]);
    });
  });

  it.each([
    ['before the first row', 'SELECT 1::int8, no_such_column', '42703'],
    [
      'behind some rows',
      'SELECT i::int8, 1 / (99999 - i) FROM generate_series(1, 100000) i',
      '22012',
    ],
  ])('fails with the error of the server, %s, and the connection goes on', async (_, sql, code) => {
    await withClient(database.target, {}, async (client) => {
      await expect(sumOf(client, sql)).rejects.toMatchObject({ code });
      expect((await client.query('SELECT 7 AS n')).rows).toEqual([{ n: 7 }]);
    });
  });

  it('fails when the connection ends in the middle', async () => {
    const client = await connect(database.target);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // In the list of columns a series is made row by row; behind FROM it would be made first.
    const endless = `SELECT generate_series(1, 1000000000), repeat('x', 700)`;
    const read = async (): Promise<void> => {
      let chunks = 0;
      for await (const _chunk of copyOut(client, endless)) {
        chunks += 1;
        if (chunks !== 10) continue;
        await withClient(database.target, { role: 'login' }, (other) =>
          other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]),
        );
      }
    };
    await expect(read()).rejects.toThrow();
    await expect(sumOf(client, 'SELECT 1::int8, 2')).rejects.toThrow();
  });
});
