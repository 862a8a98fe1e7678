// Rehearses the set of the manifest in argv[3] of the book at the target in argv[2], with the file
// of master keys in argv[4] and the folder of the book in argv[5]: a process to kill.
import { connect } from '../../../dist/db/connect.js';
import { rehearseSet } from '../../../dist/jobs/migration/rehearse/rehearse-set.js';
import { readSet } from '../../../dist/jobs/migration/set/file-set.js';

const [, , target, manifest, file, bookFolder] = process.argv;
const client = await connect(JSON.parse(target));
await rehearseSet(client, await readSet(manifest), { keys: { file }, bookFolder });
await client.end();
