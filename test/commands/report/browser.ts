import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian: `apt-get install chromium`. Without it its tests are skipped, with a notice. */
const executablePath = '/usr/bin/chromium';
export const hasChromium = existsSync(executablePath);
if (!hasChromium) console.warn('chromium is not installed: the tests that ask it are skipped');

/** Without a sandbox of its own, which root may not have: it opens files of the tests alone. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}
