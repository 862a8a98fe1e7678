import { type Columns, type Report, tableOf } from '../../../files/report.js';
import type { SumLine } from './group-sums.js';
import type { EntryLine, Verified } from './verify-book.js';
import type { Found } from './verify-scene.js';

const SUMS: Columns<SumLine> = {
  dimension: ['text', '维度 by'],
  group: ['text', '分组 group'],
  measure: ['text', '项目 measure'],
  theirs: ['amount', '原系统 theirs'],
  ours: ['amount', '本系统 ours'],
  difference: ['amount', '差异 difference'],
};
const EXPLAINED: Columns<Verified['explained'][number]> = {
  about: ['text', '对象 about'],
  why: ['text', '原因 explained by'],
  count: ['count', '笔数 count'],
};
const DIFFERENCES: Columns<Found> = {
  loanNo: ['text', '借据号 loan'],
  about: ['text', '对象 about'],
  seq: ['count', '期次 seq'],
  field: ['text', '字段 field'],
  theirs: ['figure', '原系统 theirs'],
  ours: ['figure', '本系统 ours'],
  difference: ['text', '差异或约定 explained by'],
};
const ENTRIES: Columns<EntryLine> = {
  account: ['text', '科目 account'],
  nameZh: ['text', '科目名称 name'],
  debit: ['amount', '借方 debit'],
  credit: ['amount', '贷方 credit'],
  loans: ['count', '借据数 loans'],
};
interface Signature {
  readonly role: string;
  readonly name: string;
  readonly date: string;
}
const SIGNATURES: Columns<Signature> = {
  role: ['text', '职责 role'],
  name: ['text', '签字 signature'],
  date: ['text', '日期 date'],
};
const ROLES = ['编制 prepared', '业务复核 checked', '财务复核 finance', '批准 approved'];

/** The proof of a migration as a report, with room to sign. */
export function verifyReport(verified: Verified): Report {
  const { sums, explained, differences, entries, ...facts } = verified;
  const signatures = ROLES.map((role) => ({ role, name: '', date: '' }));
  const shown = differences.length;
  return {
    head: facts,
    main: 'differences',
    tables: [
      tableOf('sums', SUMS, sums, { title: '笔数与金额核对' }),
      tableOf('explained', EXPLAINED, explained, { title: '差异归类' }),
      tableOf('differences', DIFFERENCES, differences, { title: '逐笔差异' }),
      tableOf('entries', ENTRIES, entries, { title: '开账分录' }),
      tableOf('signatures', SIGNATURES, signatures, { title: '签字确认' }),
    ],
    notes: shown < facts.differing ? [`${facts.differing - shown} more differences`] : [],
  };
}
