import pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { readSql } from '../../../db/sql-file.js';
import type { FileFamily } from '../../../funding/terms/partner.js';
import { amount, type FileScene, type FileSource, type Source } from './file-source.js';
import type { FileFields } from './line-sql.js';

/** Families of what was paid, by a guarantor or with whom we settle. */
export const GUARANTOR_SOURCES: Readonly<Partial<Record<FileFamily, Source>>> = {
  compensation: (scene) =>
    actsOf(scene, 'compensation', {
      seq: { kind: 'integer', sql: 'seq' },
      ...{ principal: amount('principal'), interest: amount('interest') },
      penalty: amount('penalty'),
    }),
  buy_back: (scene) => actsOf(scene, 'buy_back', { price: amount('(amount - returned)') }),
  funds(scene) {
    return {
      select: readSql(import.meta.url, 'funds', partsOf(scene)),
      fields: {
        business_date: { kind: 'date', sql: `DATE '${formatDay(scene.day)}'` },
        ref: { kind: 'text', sql: 'reference' },
        type: { kind: 'text', sql: 'direction' },
        due_date: { kind: 'date', sql: 'due_on' },
        from: { kind: 'date', sql: 'from_date' },
        to: { kind: 'date', sql: 'to_date' },
        ...{ amount: amount('amount'), payable: amount('payable') },
        receivable: amount('receivable'),
      },
      order: 'reference',
    };
  },
};

/** Money of a guarantor for claims of one kind. */
function actsOf(scene: FileScene, type: string, more: FileFields): FileSource {
  const parts = { ...partsOf(scene), type: pg.escapeLiteral(type) };
  return {
    select: readSql(import.meta.url, 'guarantor-acts', parts),
    fields: {
      loan_no: { kind: 'text', sql: 'loan_no' },
      plan: { kind: 'text', sql: 'plan_code' },
      business_date: { kind: 'date', sql: 'business_date' },
      ref: { kind: 'text', sql: 'ref' },
      ...{ amount: amount('amount'), returned: amount('returned') },
      ...more,
    },
    order: 'act_id',
  };
}

function partsOf({ partner, day }: FileScene): { readonly party: string; readonly day: string } {
  return { party: pg.escapeLiteral(partner), day: formatDay(day) };
}
