import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/package-root.js';
import { hasChromium, launchBrowser } from '../../commands/report/browser.js';
import { capture } from '../../commands/shell/captured-host.js';
import { daysFrom, unrestBook } from '../../jobs/morning/morning-book.js';
import type { ScratchBook } from '../../support/scratch-book.js';

/** `npm run screenshot` writes the picture of the page on mornings there. */
const target = process.env.LOANBOOK_SCREENSHOT;
const SIZE = { width: 1280, height: 1180 };
/** Over a month end, and a second one. */
const DAYS = daysFrom('2026-02-16', 44);
const PICTURE_BYTES_MAX = 300_000;

describe.skipIf(!hasChromium)('the picture of a morning', () => {
  let book: ScratchBook;
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-picture-'));
  beforeAll(async () => {
    book = await unrestBook(11, 500, DAYS, { entity: 'Example Finance', prefix: 'L-' });
  }, 300_000);
  afterAll(async () => {
    await book?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is taken of a book of six weeks', async () => {
    const { host, port, user, password, database } = book.database.target;
    const server = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
    const env = { ...server, PGPASSWORD: password };
    // Each morning has its report: the curves of the vintage are of kept month ends.
    await capture(['report', 'daily', '--date', '2026-02-28', '--json'], { env });
    const words = ['report', 'daily', '--date', DAYS.at(-1)!, '--out', folder, '--lang', 'en'];
    const limits = join(packageRoot, 'config/limits.yaml');
    const { exitCode, stderr } = await capture([...words, '--limits', limits], { env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: SIZE });
      await page.goto(`file://${join(folder, `morning-${DAYS.at(-1)}.html`)}`);
      expect(await page.locator('.tile').count()).toBeGreaterThan(15);
      const file = join(folder, 'morning.png');
      await page.screenshot({ path: file });
      expect(statSync(file).size).toBeLessThan(PICTURE_BYTES_MAX);
      if (target === undefined) return;
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, readFileSync(file));
    } finally {
      await browser.close();
    }
  }, 120_000);
});
