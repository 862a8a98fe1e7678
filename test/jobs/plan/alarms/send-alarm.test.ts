import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Alarm, sendAlarm } from '../../../../src/jobs/plan/alarms/send-alarm.js';
import { type Hook, openHook } from './hook.js';

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

async function serve(...answer: Parameters<typeof openHook>): Promise<Hook> {
  const hook = await openHook(...answer);
  undo.push(hook.close);
  return hook;
}

describe('a webhook', () => {
  it('gets the alarm as JSON, once', async () => {
    const types: (string | undefined)[] = [];
    const { url: webhook, got } = await serve(({ headers }, response) => {
      types.push(headers['content-type']);
      response.end('thanks');
    });
    expect(await sendAlarm({ webhook }, ALARM, QUICK)).toBe('sent');
    expect(got).toEqual([`${JSON.stringify(ALARM)}\n`]);
    expect(types).toEqual(['application/json']);
  });

  it.each([
    ['two refusals', [500, 503, 204], 'sent'],
    ['three refusals', [500, 503, 404, 204], { failure: 'status 404' }],
  ] as const)('is tried three times: %s', async (_, statuses, sent) => {
    let tries = 0;
    const { url: webhook } = await serve((_request, response) => {
      response.writeHead(statuses[tries]!).end();
      tries += 1;
    });
    expect(await sendAlarm({ webhook }, ALARM, QUICK)).toEqual(sent);
    expect(tries).toBe(3);
  });

  it('that hangs, or answers without an end, is given up', async () => {
    const hanging = await serve(() => undefined);
    const sent = await sendAlarm({ webhook: hanging.url }, ALARM, { ...QUICK, tryMs: 50 });
    expect(sent).toEqual({ failure: 'no answer within 0.05 s' });
    expect(hanging.got).toHaveLength(3);
    const endless = await serve((_, response) => {
      response.write('on and on');
    });
    expect(await sendAlarm({ webhook: endless.url }, ALARM, QUICK)).toBe('sent');
  });

  it('sends nobody elsewhere, and need not be there', async () => {
    const other = await serve();
    const { url: webhook } = await serve((_, response) => {
      response.writeHead(307, { location: other.url }).end();
    });
    expect(await sendAlarm({ webhook }, ALARM, QUICK)).toEqual({ failure: 'not reached' });
    expect(other.got).toEqual([]);
    const gone = await serve();
    for (const each of undo.splice(0)) each();
    expect(await sendAlarm({ webhook: gone.url }, ALARM, QUICK)).toEqual({
      failure: 'ECONNREFUSED',
    });
  });
});

describe('an alarm that another process will send', () => {
  it('is left: no try goes on, and none begins that could outlast its time', async () => {
    const { url: webhook, got } = await serve(() => undefined);
    const stop = new AbortController();
    const hanging = sendAlarm({ webhook }, ALARM, { ...QUICK, signal: stop.signal });
    await expect.poll(() => got.length).toBe(1);
    const pid = join(folder(), 'pid');
    const command = ['/bin/sh', '-c', 'echo $$ > "$0"; exec sleep 600', pid];
    const program = sendAlarm({ command }, ALARM, { ...QUICK, signal: stop.signal });
    await expect.poll(() => existsSync(pid) && readFileSync(pid, 'utf8')).toMatch(/\d/);
    stop.abort();
    expect(await Promise.all([hanging, program])).toEqual(['left', 'left']);
    expect(() => process.kill(Number(readFileSync(pid, 'utf8')), 0)).toThrow('ESRCH');
    const late = { ...QUICK, tryMs: 1000, until: performance.now() + 999 };
    expect(await sendAlarm({ webhook }, ALARM, late)).toBe('left');
    expect(got).toHaveLength(1);
  });
});

describe('a program', () => {
  it('reads the alarm from its input', async () => {
    const told = join(folder(), 'told');
    const command = ['/bin/sh', '-c', 'cat > "$0"', told];
    expect(await sendAlarm({ command }, ALARM, QUICK)).toBe('sent');
    expect(JSON.parse(readFileSync(told, 'utf8'))).toEqual(ALARM);
  });

  it('may fail twice, may not read, and is not started by a shell', async () => {
    const log = join(folder(), 'log');
    writeFileSync(log, '');
    const third = ['/bin/sh', '-c', 'echo x >> "$0"; test $(wc -l < "$0") -eq 3', log];
    expect(await sendAlarm({ command: third }, ALARM, QUICK)).toBe('sent');
    expect(readFileSync(log, 'utf8')).toBe('x\nx\nx\n');
    expect(await sendAlarm({ command: ['/bin/true'] }, ALARM, QUICK)).toBe('sent');
    expect(await sendAlarm({ command: ['/bin/false'] }, ALARM, QUICK)).toEqual({
      failure: 'exit 1',
    });
    expect(await sendAlarm({ command: ['no such program'] }, ALARM, QUICK)).toEqual({
      failure: 'ENOENT',
    });
    const told = await sendAlarm({ command: ['/bin/sh', '-c', 'kill -9 $$'] }, ALARM, QUICK);
    expect(told).toEqual({ failure: 'exit SIGKILL' });
  });

  it('that hangs is killed with what it started', async () => {
    const pids = join(folder(), 'pids');
    const command = ['/bin/sh', '-c', 'sleep 600 & echo $! >> "$0"; wait', pids];
    const sent = await sendAlarm({ command }, ALARM, { ...QUICK, pausesMs: [], tryMs: 300 });
    expect(sent).toEqual({ failure: 'no answer within 0.3 s' });
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
