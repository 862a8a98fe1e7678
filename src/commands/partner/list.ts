import { listCommand } from '../funding/terms-commands.js';

export const command = listCommand({
  kind: 'partner',
  name: 'partners',
  columns: { role: 'text', group: 'text', authority: 'text' },
  rowOf: ({ role, group, authority }) => ({ role, group, authority }),
});
