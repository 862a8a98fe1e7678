#!/usr/bin/env node
try {
  const { main } = await import('../dist/cli.js');
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: loanbook cannot start (${error?.code}): ${error?.message}\n`);
  process.stderr.write('next: npm run build\n');
  process.exitCode = 1;
}
