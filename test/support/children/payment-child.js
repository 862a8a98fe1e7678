// Makes and writes batches, or takes a result, as argv[4] says, in the book of the target in argv[2]
// with the folder in argv[3]: a process to kill.
import { connect } from '../../../dist/db/connect.js';
import { sealerOf } from '../../../dist/jobs/parties/book-keys.js';
import { paymentChannel } from '../../../dist/jobs/payments/deduction-channel.js';
import { makeBatches } from '../../../dist/jobs/payments/make-batches.js';
import { takeResult } from '../../../dist/jobs/payments/take-result.js';
import { writeBatches } from '../../../dist/jobs/payments/write-batches.js';

const client = await connect(JSON.parse(process.argv[2]));
const folder = process.argv[3];
const { result, out } = JSON.parse(process.argv[4]);
const channel = await paymentChannel(client, 'CP');
process.send?.('begun');
if (result === undefined) {
  const sealer = await sealerOf(client, { file: `${folder}/keys` });
  await makeBatches(client, channel, sealer, { by: 'Li Na' });
  const target = { ...channel, folder: out };
  await writeBatches(client, sealer, target);
} else await takeResult(client, channel, { file: result, by: 'Li Na' });
await client.end();
