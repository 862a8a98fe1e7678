import { expect, it } from 'vitest';
import { inboxHistories } from '../../model/operations/inbox-history.js';

it('the register of files agrees with its model on 1,000 more random histories', () => {
  expect(inboxHistories(301, 1300).wrong.slice(0, 3).join('\n')).toBe('');
});
