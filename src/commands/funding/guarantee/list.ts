import { listCommand } from '../terms-commands.js';

export const command = listCommand({
  kind: 'guarantee',
  name: 'guarantees',
  columns: { guarantor: 'text', covers: 'text', afterDays: ['count', 'after days'] },
  rowOf: ({ guarantor, covers, afterDays }) => ({
    guarantor,
    covers: covers.join(' '),
    afterDays,
  }),
});
