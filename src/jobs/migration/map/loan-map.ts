import type pg from 'pg';
import { cursorRows } from '../../../db/cursor.js';
import { readSql } from '../../../db/sql-file.js';
import { type Columns, type Report, tableOf } from '../../../files/report.js';

/** A loan under the number that it came with, and the one that it has here. */
interface MappedLoan {
  readonly oldNumber: string;
  /** Ours: the same for as long as the book lives. */
  readonly loanId: number;
  readonly product: string;
  readonly version: number;
  readonly org: string;
  /** Number of the customer; empty where the loan names none. */
  readonly party: string;
  readonly importId: number;
  readonly file: string;
}

const COLUMNS: Columns<MappedLoan> = {
  oldNumber: ['text', '原借据号 old number'],
  loanId: ['count', '本系统编号 loan id'],
  product: ['text', '产品 product'],
  version: ['count', '版本 version'],
  org: ['text', '机构 org'],
  party: ['text', '客户号 party'],
  importId: ['count', '批次 import'],
  file: ['text', '文件 file'],
};

/**
 * Every loan of the book, or of one import, by import and line; the same again gives the same
 * lines. Few of them are in memory. Take its rows before the client is asked for anything else.
 */
export function loanMap(
  client: pg.Client,
  { importId, signal }: { readonly importId?: number; readonly signal?: AbortSignal },
): Report {
  const select = readSql(import.meta.url, 'loan-map');
  const rows = cursorRows<MappedLoan>(client, select, [importId ?? null], signal);
  return { head: {}, tables: [tableOf('loans', COLUMNS, rows)] };
}
