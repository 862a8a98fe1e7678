import { expect, it } from 'vitest';
import { inboxHistories } from './inbox-history.js';

it('the register of files agrees with its model on 300 random histories', () => {
  const { wrong, met } = inboxHistories(1, 300);
  expect(wrong.slice(0, 3).join('\n')).toBe('');
  expect(met).toEqual([
    'changed_after_ready',
    'control_differs',
    'done',
    'duplicate',
    'early',
    'gone',
    'growing',
    'lone_control',
    'name_reused',
    'ready',
    'rejected',
    'taken',
    'unexpected',
    'waiting_control',
  ]);
});
