// Imports the set of the manifest in argv[3] into the target in argv[2], with the file of master
// keys in argv[4]: a process to kill.
import { connect } from '../../../dist/db/connect.js';
import { readSet } from '../../../dist/jobs/migration/set/file-set.js';
import { importSet } from '../../../dist/jobs/migration/set/import-set.js';

const client = await connect(JSON.parse(process.argv[2]));
await importSet(client, await readSet(process.argv[3]), { keys: { file: process.argv[4] } });
await client.end();
