import { listCommand } from '../funding/terms-commands.js';

export const command = listCommand({
  kind: 'merchant',
  name: 'merchants',
  columns: { days: 'count', receivableAfterDays: ['count', 'receivable after'] },
  rowOf: ({ days, receivableAfterDays }) => ({ days, receivableAfterDays }),
});
