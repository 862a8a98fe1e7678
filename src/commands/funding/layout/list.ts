import { listCommand } from '../terms-commands.js';

export const command = listCommand({
  kind: 'layout',
  name: 'layouts',
  columns: { family: 'text', name: 'text', charset: 'text' },
  rowOf: ({ family, layout: { name, charset } }) => ({ family, name, charset }),
});
