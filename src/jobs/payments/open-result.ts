import { open } from 'node:fs/promises';
import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import type { PaymentChannel } from './deduction-channel.js';
import { camtReturns, pain002Result } from './iso-result.js';
import { csvResult, type ResultSource } from './result-file.js';

/** A message is named by its first elements. */
const HEAD_BYTES = 1 << 16;
const MESSAGES = {
  CstmrPmtStsRpt: 'pain.002',
  BkToCstmrDbtCdtNtfctn: 'camt.054',
} as const;

/**
 * A result by what stands in it: our CSV, a status report (pain.002), or a notification (camt.054)
 * whose returns are read. Throws LoanbookError `not_a_result` (1), `returns_elsewhere` (2); the
 * source throws as that of its format.
 */
export async function openResult(
  client: pg.Client,
  channel: PaymentChannel,
  { file, isReturns = false }: { readonly file: string; readonly isReturns?: boolean | undefined },
): Promise<ResultSource> {
  const { terms, minorDigits } = channel;
  const head = await headOf(file);
  if (!/^\s*</.test(head)) return csvResult(file, { isReturns, minorDigits }, terms.words);
  const root = /<(?:[\w.-]+:)?(CstmrPmtStsRpt|BkToCstmrDbtCdtNtfctn)[\s/>]/.exec(head)?.[1];
  if (root === undefined) {
    throw new LoanbookError('not_a_result', 'The XML is neither pain.002 nor camt.054.', {
      exitCode: EXIT.failed,
      evidence: { file, known: Object.keys(MESSAGES).join(', ') },
      next: 'Nothing was taken. Ask the channel which message it is.',
    });
  }
  const source = { file, minorDigits, code: terms.code, currency: channel.currency };
  if (MESSAGES[root as keyof typeof MESSAGES] === 'camt.054') return camtReturns(source);
  if (isReturns) {
    throw new LoanbookError('returns_elsewhere', 'A status report holds no returns.', {
      exitCode: EXIT.usage,
      evidence: { file },
      next: 'Leave --returns out: returns come in camt.054.',
    });
  }
  return pain002Result(client, source);
}

/** Empty where there is no such file: it is waited for, as its control file is. */
async function headOf(file: string): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead).replace(/^\uFEFF/, '');
  } finally {
    await handle.close();
  }
}
