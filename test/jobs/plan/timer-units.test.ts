import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cronLines, systemdUnits } from '../../../src/jobs/plan/schedule/timer-units.js';
import { type NightBook, nightBook, sh } from './night-book.js';

let book: NightBook;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-units-'));
beforeAll(async () => {
  book = await nightBook();
});
afterAll(async () => {
  await book.remove();
  rmSync(folder, { recursive: true });
});

const CALLING = { node: process.execPath, program: '/opt/it/bin/loanbook.js' };

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
if (!hasSystemd) console.warn('skipped: systemd-analyze is not here');

it('units call what is due each minute, a service and a timer a plan', async () => {
  const plans = [await book.plan([sh('a', 'true')]), await book.plan([sh('a', 'true')])];
  const written = await book.run(`scheduler install --systemd --out ${folder}`);
  expect(written).toMatchObject({ exit: 0, out: { folder, files: 4 } });
  expect(readdirSync(folder).sort()).toEqual(
    plans.flatMap((plan) => [`loanbook-${plan}.service`, `loanbook-${plan}.timer`]),
  );
  const unit = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n');
  const service = unit(`loanbook-${plans[0]}.service`);
  expect(service).toContain('Type=oneshot');
  expect(service).toContain('TimeoutStartSec=infinity');
  expect(service.find((line) => line.startsWith('ExecStart='))).toMatch(
    new RegExp(`bin/loanbook\\.js --book ${book.folder} --quiet night run ${plans[0]} --due$`),
  );
  const timer = unit(`loanbook-${plans[0]}.timer`);
  expect(timer).toContain('OnCalendar=minutely');
  expect(timer).toContain('Persistent=true');
  const again = await book.run('scheduler install --systemd');
  expect((again.out!.files as { name: string }[]).map(({ name }) => name).sort()).toEqual(
    readdirSync(folder).sort(),
  );
  const refused = await book.run('scheduler install --systemd --cron');
  expect(refused).toMatchObject({ exit: 2, error: { code: 'options_conflict' } });
});

it.skipIf(!hasSystemd)('systemd finds nothing wrong with them, in any folder', async () => {
  const written = await book.run(`scheduler install --systemd --out ${folder}`);
  expect(written.exit).toBe(0);
  const odd = { book: '/srv/a "book" at 100% of $HOME\\', login: 'root', ...CALLING };
  for (const { name, text } of systemdUnits(['ODD'], odd)) writeFileSync(join(folder, name), text);
  const units = readdirSync(folder).map((name) => join(folder, name));
  expect(units).toHaveLength(6);
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...units]);
  expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: '' });
});

it('lines of cron are the command that they stand for, whatever the folder is called', () => {
  const calling = {
    node: '/bin/echo',
    program: "/opt/loan's book/bin",
    book: '/srv/100% of $HOME/`book`',
    login: undefined,
  };
  const lines = cronLines(['NIGHT', 'MORNING'], calling).trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  const [, command = ''] = lines[0]!.split('* * * * * ');
  // What cron does to a line: what a percent sign ends is input, unless a backslash is before it.
  expect(command.replaceAll('\\%', '')).not.toContain('%');
  const said = execFileSync('/bin/sh', ['-c', command.replaceAll('\\%', '%')]).toString();
  const words = [calling.program, '--book', calling.book, '--quiet', 'night', 'run', 'NIGHT'];
  expect(said).toBe(`${[...words, '--due'].join(' ')}\n`);
});
