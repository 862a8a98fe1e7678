// Imports a file of loans by the options in argv[3] into the target in argv[2]: a process to kill.
import { connect } from '../../../dist/db/connect.js';
import { importLoans } from '../../../dist/jobs/import/import-loans.js';

const client = await connect(JSON.parse(process.argv[2]));
await importLoans(client, JSON.parse(process.argv[3]));
await client.end();
