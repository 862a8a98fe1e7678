import { formatAmount } from '../../../accounting/money/amount-text.js';
import { type Columns, type Report, tableOf } from '../../../files/report.js';
import type { DeltaOutcome } from '../../import/import-outcome.js';
import type { SetLine, SetOutcome } from './import-set.js';

type Shown = Omit<SetLine, 'amount' | 'rejectedByRule' | 'next' | 'delta'> & {
  readonly amount: string | null;
};

const FILES: Columns<Shown> = {
  kind: ['text', '类别 kind'],
  file: ['text', '文件 file'],
  outcome: ['text', '结果 outcome'],
  read: ['count', '读取 read'],
  taken: ['count', '入账 taken'],
  rejected: ['count', '拒绝 rejected'],
  amount: ['amount', '金额 amount'],
  importId: ['count', '批次 import'],
  sha256: ['hash', 'SHA-256'],
  rejectFile: ['text', '拒绝文件 reject file'],
};

interface RuleLine {
  readonly kind: string;
  readonly file: string;
  readonly rule: string;
  readonly rows: number;
}

const RULES: Columns<RuleLine> = {
  kind: ['text', '类别 kind'],
  file: ['text', '文件 file'],
  rule: ['text', '规则 rule'],
  rows: ['count', '行数 rows'],
};

interface DeltaLine extends DeltaOutcome {
  readonly kind: string;
  readonly file: string;
}

const DELTAS: Columns<DeltaLine> = {
  kind: ['text', '类别 kind'],
  file: ['text', '文件 file'],
  added: ['count', '新增 added'],
  replaced: ['count', '替换 replaced'],
  unchanged: ['count', '未变 unchanged'],
  positionsDropped: ['count', '清除余额 positions dropped'],
  eventsDropped: ['count', '清除事件 events dropped'],
};

/** What became of a set: its files, and why rows of them were rejected. */
export function setReport({ name, lines, minorDigits, dryRun }: SetOutcome): Report {
  const count = (outcome: SetLine['outcome']) =>
    lines.filter((line) => line.outcome === outcome).length;
  const rejected = lines.reduce((sum, line) => sum + (line.rejected ?? 0), 0);
  const files = lines.map(
    ({ amount, rejectedByRule: _rules, next: _next, delta: _delta, ...line }) => ({
      ...line,
      amount: amount === null ? null : formatAmount(amount, minorDigits),
    }),
  );
  const rules = lines.flatMap(({ kind, file, rejectedByRule }) =>
    Object.entries(rejectedByRule).map(([rule, rows]) => ({ kind, file, rule, rows })),
  );
  const deltas = lines.flatMap(({ kind, file, delta }) =>
    delta === null ? [] : [{ kind, file, ...delta }],
  );
  const notes = lines.flatMap(({ rejectFile, next }) =>
    next === null ? [] : [`Correct the rows in ${rejectFile}, then: ${next}`],
  );
  return {
    notes,
    head: {
      ...{ set: name, listed: lines.length - count('taken_back'), imported: count('imported') },
      ...{ passedBy: count('passed_by'), takenBack: count('taken_back') },
      ...{ rejected, dryRun },
    },
    main: 'files',
    tables: [
      tableOf('files', FILES, files, { title: '迁移文件' }),
      tableOf('deltas', DELTAS, deltas, { title: '增量', screen: { isOptional: true } }),
      tableOf('rejects', RULES, rules, { title: '拒绝归类', screen: { isOptional: true } }),
    ],
  };
}
