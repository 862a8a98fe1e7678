import type { CommandDomain } from '../shell/command-module.js';

export const PRODUCT: CommandDomain = {
  groups: {
    product: 'loan products and their versions',
  },
  commands: [
    {
      path: 'product apply',
      summary: 'take product documents into the book',
      load: () => import('./apply.js'),
    },
    {
      path: 'product list',
      summary: 'list products and their versions',
      load: () => import('./list.js'),
    },
    {
      path: 'product show',
      summary: 'print a product document',
      load: () => import('./show.js'),
    },
    {
      path: 'product schema',
      summary: 'print the JSON Schema of a product document',
      load: () => import('./schema.js'),
    },
  ],
};
