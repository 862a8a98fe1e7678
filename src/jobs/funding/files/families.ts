import pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { CLASS_NAMES, STATUS_NAMES } from '../../../accounting/fold/position.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { MOVEMENTS } from '../../../accounting/posting/flow.js';
import { readSql } from '../../../db/sql-file.js';
import { SHARED } from '../../../funding/plan/plan.js';
import type { FileFamily } from '../../../funding/terms/partner.js';
import { jointLoansSql } from '../../day/at-close/joint-loans.js';
import { amount, type FileScene, type Source } from './file-source.js';
import { GUARANTOR_SOURCES } from './guarantor-families.js';
import type { FileField, FileFields } from './line-sql.js';
import { balanceSql, shareSql } from './share-sql.js';

const LOAN: FileFields = { loan_no: { kind: 'text', sql: 'loan_no' } };
const STANDING: FileFields = {
  status: { kind: 'word', sql: 'status', words: STATUS_NAMES },
  class: { kind: 'word', sql: 'classification', words: CLASS_NAMES },
  days_past_due: { kind: 'integer', sql: 'days_past_due' },
};

/** The families that the book has rows of, by the same names as layouts have. */
export const FILE_SOURCES: Readonly<Partial<Record<FileFamily, Source>>> = {
  snapshot(scene) {
    const balances = SHARED.map((name, component): [string, FileField] => [
      name,
      amount(balanceSql(scene.plans, scene.partner, component, name)),
    ]);
    const fields = { ...common(scene), ...STANDING, ...Object.fromEntries(balances) };
    return { select: loansOf(scene, scene.day), fields, order: 'loan_no' };
  },
  status(scene) {
    const where =
      'status_before IS DISTINCT FROM status ' +
      'OR classification_before IS DISTINCT FROM classification';
    const fields = { ...common(scene), ...STANDING };
    return { select: sinceBefore(scene), fields, order: 'loan_no', where };
  },
  accrual(scene) {
    const part = (name: string, component: number) => {
      const of = (total: string) => shareSql(scene.plans, scene.partner, component, total);
      return `(${of(`${name}_in`)} - ${of(`${name}_before`)})`;
    };
    const [interest, penalty] = [part('interest', 1), part('penalty', 2)];
    const compound = part('compound', 3);
    const total = `(${interest} + ${penalty} + ${compound})`;
    return {
      select: sinceBefore(scene),
      fields: {
        ...common(scene),
        ...{ interest: amount(interest), penalty: amount(penalty), compound: amount(compound) },
        amount: amount(total),
      },
      order: 'loan_no',
      where: `${interest} <> 0 OR ${penalty} <> 0 OR ${compound} <> 0`,
    };
  },
  disbursement(scene) {
    const parts = { loans: loansOf(scene, scene.day), day: formatDay(scene.day) };
    return {
      select: readSql(import.meta.url, 'disbursement', parts),
      fields: {
        ...common(scene),
        ref: { kind: 'text', sql: 'ref' },
        amount: amount(shareSql(scene.plans, scene.partner, 0, 'disbursed')),
        loan_amount: amount('disbursed'),
        rate: { kind: 'text', sql: 'rate' },
        periods: { kind: 'integer', sql: 'periods' },
        value_date: { kind: 'date', sql: 'value_date' },
      },
      order: 'ref',
    };
  },
  plan(scene) {
    const parts = { loans: loansOf(scene, scene.day), day: formatDay(scene.day) };
    const part = (name: string, component: number) => {
      const of = (total: string) => shareSql(scene.plans, scene.partner, component, total);
      return `(${of(`${name}_to::bigint`)} - ${of(`${name}_from`)})`;
    };
    const [principal, interest] = [part('principal', 0), part('interest', 1)];
    return {
      select: readSql(import.meta.url, 'plan', parts),
      fields: {
        ...common(scene),
        seq: { kind: 'integer', sql: 'seq' },
        due_date: { kind: 'date', sql: 'due_on' },
        ...{ principal: amount(principal), interest: amount(interest) },
        amount: amount(`(${principal} + ${interest})`),
      },
      order: 'seq',
    };
  },
  repayment(scene) {
    const parts = { party: pg.escapeLiteral(scene.partner), day: formatDay(scene.day) };
    const amounts = [...SHARED, 'service_fee', 'service_tax'].map((name): [string, FileField] => [
      name,
      amount(name),
    ]);
    return {
      select: readSql(import.meta.url, 'repayment', parts),
      fields: {
        ...common(scene),
        ...Object.fromEntries(amounts),
        ref: { kind: 'text', sql: 'ref' },
        seq: { kind: 'integer', sql: 'place' },
        type: { kind: 'word', sql: 'kind', words: MOVEMENTS },
        amount: amount(`(${SHARED.join(' + ')})`),
        value_date: { kind: 'date', sql: 'value_date' },
      },
      order: 'place',
    };
  },
  ...GUARANTOR_SOURCES,
};

function common({ day, plans }: FileScene): FileFields {
  const codes: string[] = [];
  for (const [planId, { code }] of plans) codes[planId] = code;
  return {
    ...LOAN,
    plan: { kind: 'word', sql: 'plan_id', words: Array.from(codes, (code) => code ?? '') },
    business_date: { kind: 'date', sql: `DATE '${formatDay(day)}'` },
  };
}

function loansOf({ plans }: FileScene, day: EpochDay): string {
  return jointLoansSql(day, [...plans.keys()]);
}

/** On the first day of the book there was no close before. */
function sinceBefore(scene: FileScene): string {
  const loans = loansOf(scene, scene.day);
  const before = scene.isFirstDay
    ? `SELECT * FROM (${loans}) n WHERE false`
    : loansOf(scene, scene.day - 1);
  return readSql(import.meta.url, 'since-before', { loans, before });
}
