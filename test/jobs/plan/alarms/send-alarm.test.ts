import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Alarm, sendAlarm } from '../../../../src/jobs/plan/alarms/send-alarm.js';

const ALARM: Alarm = {
  ...{ book: '示例消费金融', plan: 'NIGHT', date: '2026-03-31', job: 'close', kind: 'failed' },
  ...{ at: '2026-03-31T17:02:03.000Z', next: 'loanbook night status NIGHT' },
};
const QUICK = { env: process.env, pausesMs: [1, 1] };

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0)) await each();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'loanbook-alarm-'));
  undo.push(() => rmSync(path, { recursive: true }));
  return path;
}

async function serve(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

describe('a webhook', () => {
  it('gets the alarm as JSON, once', async () => {
    const got: [string | undefined, string][] = [];
    const webhook = await serve(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      got.push([request.headers['content-type'], text]);
      response.end('thanks');
    });
    expect(await sendAlarm({ webhook }, ALARM, QUICK)).toBeUndefined();
    expect(got).toEqual([['application/json', `${JSON.stringify(ALARM)}\n`]]);
  });

  it.each([
    ['two refusals', [500, 503, 204], undefined, 3],
    ['three refusals', [500, 503, 404, 204], 'status 404', 3],
  ] as const)('is tried three times: %s', async (_, statuses, failure, times) => {
    let tries = 0;
    const webhook = await serve((request, response) => {
      request.resume();
      response.statusCode = statuses[tries]!;
      tries += 1;
      response.end();
    });
    expect(await sendAlarm({ webhook }, ALARM, QUICK)).toBe(failure);
    expect(tries).toBe(times);
  });

  it('that hangs, or answers without an end, is given up', async () => {
    let tries = 0;
    const webhook = await serve(() => {
      tries += 1;
    });
    const failure = await sendAlarm({ webhook }, ALARM, { ...QUICK, tryMs: 50 });
    expect([failure, tries]).toEqual(['no answer within 0.05 s', 3]);
    const endless = await serve((_, response) => {
      response.write('on and on');
    });
    expect(await sendAlarm({ webhook: endless }, ALARM, QUICK)).toBeUndefined();
  });

  it('sends nobody elsewhere, and need not be there', async () => {
    const elsewhere: string[] = [];
    const other = await serve((request, response) => {
      elsewhere.push(request.url ?? '');
      response.end();
    });
    const webhook = await serve((_, response) => {
      response.writeHead(307, { location: other }).end();
    });
    expect(await sendAlarm({ webhook }, ALARM, QUICK)).toBe('not reached');
    expect(elsewhere).toEqual([]);
    const gone = await serve(() => undefined);
    for (const each of undo.splice(0)) each();
    expect(await sendAlarm({ webhook: gone }, ALARM, QUICK)).toBe('ECONNREFUSED');
  });
});

describe('a program', () => {
  it('reads the alarm from its input', async () => {
    const told = join(folder(), 'told');
    const command = ['/bin/sh', '-c', 'cat > "$0"', told];
    expect(await sendAlarm({ command }, ALARM, QUICK)).toBeUndefined();
    expect(JSON.parse(readFileSync(told, 'utf8'))).toEqual(ALARM);
  });

  it('may fail twice, may not read, and is not started by a shell', async () => {
    const log = join(folder(), 'log');
    writeFileSync(log, '');
    const third = ['/bin/sh', '-c', 'echo x >> "$0"; test $(wc -l < "$0") -eq 3', log];
    expect(await sendAlarm({ command: third }, ALARM, QUICK)).toBeUndefined();
    expect(readFileSync(log, 'utf8')).toBe('x\nx\nx\n');
    expect(await sendAlarm({ command: ['/bin/true'] }, ALARM, QUICK)).toBeUndefined();
    expect(await sendAlarm({ command: ['/bin/false'] }, ALARM, QUICK)).toBe('exit 1');
    expect(await sendAlarm({ command: ['no such program'] }, ALARM, QUICK)).toBe('ENOENT');
    const told = await sendAlarm({ command: ['/bin/sh', '-c', 'kill -9 $$'] }, ALARM, QUICK);
    expect(told).toBe('exit SIGKILL');
  });

  it('that hangs is killed with what it started', async () => {
    const pids = join(folder(), 'pids');
    const command = ['/bin/sh', '-c', 'sleep 600 & echo $! >> "$0"; wait', pids];
    const failure = await sendAlarm({ command }, ALARM, { ...QUICK, pausesMs: [], tryMs: 300 });
    expect(failure).toBe('no answer within 0.3 s');
    const pid = Number(readFileSync(pids, 'utf8'));
    await expect
      .poll(() => {
        try {
          // A killed process that nobody waits for stands as a zombie; that is over too.
          return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]![0];
        } catch {
          return 'Z';
        }
      })
      .toBe('Z');
  });
});
