/** What a page is written in; the keys of documents and the codes of the program never change. */
export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Chinese, then English. */
const WORDS = {
  title: ['晨报', 'Morning report'],
  red: ['红色事项', 'Red'],
  all_clear: ['无红色事项', 'Nothing is red'],
  figures: ['指标', 'Figures'],
  days: ['三十日走势', 'Thirty days'],
  dayRates: ['三十日比率', 'Rates over thirty days'],
  night: ['夜间批量', 'The night'],
  buckets: ['账龄分布', 'Buckets'],
  bucketDays: ['账龄三十日', 'Buckets over thirty days'],
  moves: ['迁徙', 'Moves'],
  vintage: ['账龄曲线（逾期三十天以上）', 'Vintage: more than 30 days late'],
  checks: ['核对', 'Checks'],
  breaks: ['未处理差异', 'Open breaks'],
  held: ['挂起借据', 'Held loans'],
  rejects: ['拒绝', 'Rejects'],
  files: ['文件', 'Files'],
  movements: ['最大迁徙二十笔', 'Twenty largest moves'],

  code: ['代码', 'code'],
  meaning: ['含义', 'meaning'],
  command: ['命令', 'command'],
  figure: ['指标', 'figure'],
  name: ['名称', 'name'],
  today: ['当日', 'today'],
  yesterday: ['前日', 'yesterday'],
  date: ['日期', 'day'],
  step: ['步骤', 'step'],
  planned: ['计划', 'planned'],
  from: ['自', 'from'],
  to: ['至', 'to'],
  seconds: ['秒', 'seconds'],
  median: ['十次中位数', 'median of 10'],
  state: ['状态', 'state'],
  bucket: ['账龄', 'bucket'],
  loans: ['笔数', 'loans'],
  loan: ['借据号', 'loan'],
  principal: ['本金', 'principal'],
  share: ['占比', 'share'],
  cohort: ['放款月', 'disbursed in'],
  monthEnd: ['月末', 'month end'],
  mob: ['账龄月', 'month on book'],
  disbursed: ['放款额', 'disbursed'],
  late: ['逾期本金', 'late principal'],
  rate: ['比率', 'rate'],
  check: ['核对项', 'check'],
  result: ['结果', 'result'],
  number: ['编号', 'number'],
  type: ['类型', 'type'],
  since: ['起始日', 'since'],
  age: ['天数', 'days'],
  difference: ['差额', 'difference'],
  reason: ['原因', 'reason'],
  source: ['来源', 'source'],
  rule: ['规则', 'rule'],
  rows: ['条数', 'rows'],
  file: ['文件', 'file'],
  rule_of_file: ['文件规则', 'rule of files'],
  too_late: ['迟到', 'late'],
  no_night: ['当日无计划任务记录', 'no night of a plan on record'],

  not_sealed: ['当日未封账', 'the day is not sealed'],
  'red.step': ['步骤失败', 'a step failed'],
  'red.check': ['核对不符', 'a check does not hold'],
  'red.held': ['有挂起借据', 'loans are held'],
  break_age: ['差异超过三天', 'a break is older than three days'],
  'red.file': ['文件缺失', 'a file is missing'],
  'red.limit': ['超出限额', 'a limit is passed'],
  sealed: ['已封账', 'sealed'],
  held_at_seal: ['封账时相符', 'held at the seal'],
  ok: ['相符', 'holds'],
  fails: ['不符', 'does not hold'],
  unknown: ['未核对', 'not run'],
  entity: ['机构', 'entity'],
  currency: ['币种', 'currency'],
  yes: ['是', 'yes'],
  no: ['否', 'no'],
  none: ['无', 'none'],
  more: ['其余见命令', 'the rest by the command'],
} as const;
export type Word = keyof typeof WORDS;

/** The names of figures, by their keys. */
const FIGURES = {
  loans: ['在贷笔数', 'loans'],
  outstanding: ['在贷余额', 'outstanding'],
  disbursed_loans: ['放款笔数', 'loans disbursed'],
  disbursed: ['放款额', 'disbursed'],
  repaid: ['回款额', 'repaid'],
  due: ['应还额', 'due'],
  entry_due: ['入催口径应还', 'due by entry'],
  entry_open: ['入催金额', 'entered'],
  entry_rate: ['入催率（金额）', 'entry rate'],
  entry_count_rate: ['入催率（期数）', 'entry rate by count'],
  overdue_before: ['昨日逾期未还', 'overdue last night'],
  collected: ['催回金额', 'collected'],
  recovery_rate: ['催回率', 'recovery rate'],
  fpd1: ['首逾1天', 'first payment default, 1 day'],
  fpd7: ['首逾7天', 'first payment default, 7 days'],
  fpd30: ['首逾30天', 'first payment default, 30 days'],
  fpd1_amount: ['首逾1天（金额）', 'the same by amount, 1 day'],
  fpd7_amount: ['首逾7天（金额）', 'the same by amount, 7 days'],
  fpd30_amount: ['首逾30天（金额）', 'the same by amount, 30 days'],
  overdue_rate: ['逾期率', 'overdue rate'],
  npl: ['不良余额', 'non-performing'],
  npl_rate: ['不良率', 'non-performing rate'],
  allowance: ['贷款损失准备', 'allowance'],
  coverage: ['拨备覆盖率', 'coverage'],
  provision_ratio: ['拨贷比', 'provision ratio'],
} as const;
export type FigureKey = keyof typeof FIGURES;

export function wordIn(language: Language, word: Word): string {
  return WORDS[word][LANGUAGES.indexOf(language)] ?? word;
}

export function figureName(language: Language, figure: FigureKey): string {
  return FIGURES[figure][LANGUAGES.indexOf(language)] ?? figure;
}

/** Red by its code: `step:eod` is a step that failed. */
export function redMeaning(language: Language, code: string): string {
  const [kind = '', of] = code.split(':');
  if (kind === 'not_sealed' || kind === 'break_age') return wordIn(language, kind);
  const meaning = wordIn(language, `red.${kind}` as Word);
  return of === undefined ? meaning : `${meaning}: ${redName(language, kind, of)}`;
}

function redName(language: Language, kind: string, of: string): string {
  return kind === 'limit' && of in FIGURES ? figureName(language, of as FigureKey) : of;
}
