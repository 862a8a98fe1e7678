import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePolicyDocument } from '../../../../src/jobs/book/documents/policy-document.js';
import { packageRoot } from '../../../../src/package-root.js';

const DEFAULTS = { customer_years: 5, reject_days: 90, log_days: 400, file_years: 5 };

const retention = (text: string) => parsePolicyDocument(text, 'policy').document.retention;

it('keeps things as long as the conventions say unless a policy says otherwise', () => {
  expect(retention('{}')).toEqual(DEFAULTS);
  expect(retention('retention: {reject_days: 0, file_years: 7}\n')).toEqual({
    ...DEFAULTS,
    ...{ reject_days: 0, file_years: 7 },
  });
  for (const name of ['policy', 'policy-uncapped']) {
    const text = readFileSync(join(packageRoot, `config/${name}.yaml`), 'utf8');
    expect(retention(text), name).toEqual(DEFAULTS);
  }
});

it.each(['reject_days: -1', 'log_days: 36501', 'file_years: 101', 'reject_days: x', 'days: 1'])(
  'refuses %s',
  (text) => {
    expect(() => retention(`retention: {${text}}\n`)).toThrow(
      expect.objectContaining({ code: 'invalid_document' }),
    );
  },
);
