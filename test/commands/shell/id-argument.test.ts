import { describe, expect, it } from 'vitest';
import { ID, idArgument } from '../../../src/commands/shell/id-argument.js';

describe('the number of a thing', () => {
  it.each(['', '0', '-1', '1.0', ' 1', '1e3', '０１', '2147483648'])('is not %j', (text) => {
    expect(() => idArgument(ID.run, text)).toThrowError(
      expect.objectContaining({ code: 'malformed_number', exitCode: 2, evidence: { value: text } }),
    );
  });

  it('is a whole number up to what its column holds', () => {
    expect(idArgument(ID.run, '2147483647')).toBe(2_147_483_647);
    expect(idArgument(ID.break, '0042')).toBe(42);
    expect(idArgument(ID.voucher, '9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => idArgument(ID.voucher, '9007199254740993')).toThrow();
  });
});
