// Closes the open day of the target in argv[2]: a process for tests to kill.
import { closeDays } from '../../dist/jobs/eod/close-days.js';

await closeDays(JSON.parse(process.argv[2]), { workers: 2 });
