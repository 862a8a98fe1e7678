#!/usr/bin/env node
// Before anything is loaded: nothing has begun yet, so a signal ends the process at once.
const stop = (signal) => {
  const next = 'Run the same command again.';
  const error = { code: 'interrupted', message: 'interrupted', evidence: { signal }, next };
  const text = `error: interrupted\n  signal: ${signal}\nnext: ${next}\n`;
  process.stderr.write(process.argv.includes('--json') ? `${JSON.stringify({ error })}\n` : text);
  process.exit(130);
};
process.on('SIGINT', stop).on('SIGTERM', stop);
try {
  const { main } = await import('../dist/cli.js');
  const ended = main(process.argv.slice(2));
  // It takes signals itself by now: without anybody who does, one would end the process unheard.
  process.off('SIGINT', stop).off('SIGTERM', stop);
  process.exitCode = await ended;
} catch (error) {
  process.stderr.write(`error: loanbook cannot start (${error?.code}): ${error?.message}\n`);
  process.stderr.write('next: npm run build\n');
  process.exitCode = 1;
}
