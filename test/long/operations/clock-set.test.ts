import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NightBook, nightBook, sh } from '../../jobs/plan/night-book.js';
import { type RunningProcess, serverEnv, startCli } from '../../support/cli-process.js';
import { FakedClock } from '../../support/faked-clock.js';

const why = FakedClock.missing();
if (why !== undefined) process.stderr.write(`clocks that are set are skipped: ${why}\n`);
const clock = why === undefined ? new FakedClock() : undefined;

describe.skipIf(why !== undefined)('the clock of the machine, set while a night runs', () => {
  let book: NightBook;
  let scheduler: RunningProcess | undefined;
  let said = '';
  const env = () => ({ ...clock!.env, ...serverEnv(book.database.target) });

  beforeAll(async () => {
    book = await nightBook();
  });
  afterAll(async () => {
    scheduler?.child.kill('SIGKILL');
    await book.remove();
    clock!.remove();
  });

  const states = () =>
    book.rows(`SELECT business_date::text AS date, state, (SELECT count(*)::int FROM night_execution e
      WHERE e.night_id = n.night_id) AS begun FROM night n ORDER BY business_date`);
  async function until(wanted: object): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      if (JSON.stringify(await states()) === JSON.stringify(wanted)) return;
      await sleep(50);
    }
    expect(await states()).toEqual(wanted);
  }
  const moved = () => said.split('the clock of this machine was moved').length - 1;

  it('back an hour and forward a day: nothing is begun twice, and it is said', async () => {
    await book.plan([sh('first', 'sleep 3'), sh('second', 'sleep 3', { needs: ['first'] })]);
    const [done, running] = [
      { state: 'done', begun: 1 },
      { state: 'running', begun: 1 },
    ];
    clock!.set('2026-04-02T00:29:58+08:00');
    scheduler = startCli(['scheduler', 'run', '--book', book.folder], env());
    scheduler.child.stderr!.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
    await until([{ date: '2026-04-01', ...running }]);
    clock!.set('2026-04-01T23:30:05+08:00');
    await until([{ date: '2026-04-01', ...done }]);
    // It comes by the time at which that night began once more.
    clock!.set('2026-04-02T00:29:58+08:00');
    await sleep(4_000);
    await until([{ date: '2026-04-01', ...done }]);
    clock!.set('2026-04-03T00:31:00+08:00');
    await until([
      { date: '2026-04-01', ...done },
      { date: '2026-04-02', ...running },
    ]);
    await until([
      { date: '2026-04-01', ...done },
      { date: '2026-04-02', ...done },
    ]);
    clock!.set('2026-04-04T00:31:00+08:00');
    await until([
      { date: '2026-04-01', ...done },
      { date: '2026-04-02', ...done },
      { date: '2026-04-03', ...done },
    ]);
    expect(moved()).toBeGreaterThanOrEqual(4);
    const attempts = await book.rows('SELECT count(*)::int AS count FROM night_attempt');
    expect(attempts).toEqual([{ count: 6 }]);
  }, 120_000);

  it('doctor says by how much this machine and the server differ', async () => {
    clock!.set(new Date(Date.now() - 3_600_000).toISOString());
    const { code, stdout } = await startCli(['doctor', '--json', '--book', book.folder], env())
      .ended;
    expect(code).toBe(3);
    const { findings } = JSON.parse(stdout);
    const found = findings.find(({ check }: { check: string }) => check === 'clock');
    expect(found).toMatchObject({ status: 'fail' });
    expect(JSON.stringify(found)).toMatch(/36[0-9]{2}|359[0-9]/);
  });
});
