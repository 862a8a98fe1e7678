// Closes the open day of the target in argv[2], in 32 tasks: a process for tests to kill.
import { closeDays } from '../../../dist/jobs/eod/run/close-days.js';

await closeDays(JSON.parse(process.argv[2]), { workers: 2, tasks: 32 });
