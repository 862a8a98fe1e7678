/** Our fields by what others call them; the first that fits is taken. */
const FIELDS: readonly (readonly [field: string, title: RegExp])[] = [
  ['loan_no', /^(?:loan[ _]?(?:no|id|number)|借据号?|借据编号|合同号|合同编号|贷款号)$/i],
  ['order_no', /^(?:order[ _]?no|商户订单号|订单号|商户单号|reference)$/i],
  ['ref', /^(?:ref|流水号|交易流水号?|还款流水号?|id)$/i],
  [
    'value_date',
    /^(?:value[ _]?date|date|交易日期?|记账日期?|交易时间|还款日期?|完成时间|入账日期)$/i,
  ],
  ['disbursed_on', /^(?:disbursed[ _]?on|issue[ _]?d(?:ate)?|放款日期?|起息日)$/i],
  ['due_on', /^(?:due[ _]?(?:on|date)|应还日期?|到期日)$/i],
  ['principal', /^(?:principal|loan[ _]?am(?:oun)?t|funded_amnt|贷款金额|放款金额|本金)$/i],
  ['interest', /^(?:interest|利息)$/i],
  ['rate', /^(?:rate|int(?:erest)?[ _]?rate|年?利率)$/i],
  ['periods', /^(?:periods?|term|期数|贷款期数)$/i],
  ['seq', /^(?:seq|期次|期序|期号)$/i],
  [
    'amount',
    /^(?:amount|amt|金额|交易金额|记账金额|还款金额|订单金额（元）|应结订单金额|发生额)$/i,
  ],
  ['fee', /^(?:fee|手续费|服务费（元）|服务费)$/i],
  ['currency', /^(?:currency|ccy|币种|货币|货币种类|记账币种)$/i],
  ['status', /^(?:status|交易状态|状态)$/i],
  ['type', /^(?:type|交易类型|业务类型)$/i],
  ['product', /^(?:product|产品|产品代码)$/i],
  ['org', /^(?:org|机构|机构号)$/i],
];

export function fieldOfTitle(title: string): string | undefined {
  return FIELDS.find(([, pattern]) => pattern.test(title.trim()))?.[0];
}

/** Columns of a bank that has one for what comes in and one for what goes out. */
export function isIncomeTitle(title: string): boolean {
  return /收入|贷方|转入|存入|credit|deposit|paid in/i.test(title);
}

export function isOutgoTitle(title: string): boolean {
  return /支出|借方|转出|支取|debit|withdraw|paid out/i.test(title);
}

/** A running balance, which proves that no line is missing. */
export function isBalanceTitle(title: string): boolean {
  return /余额|^balance$|running balance/i.test(title);
}

export function isAmountTitle(title: string): boolean {
  return /金额|余额|额$|本金|利息|费$|（元）|amount|amt|balance|principal|interest$|fee/i.test(
    title,
  );
}

export function isRateTitle(title: string): boolean {
  return /利率|费率|比例|rate|ratio|percent/i.test(title);
}

/** A title of what looks like a number and is none. */
export function isNumberTitle(title: string): boolean {
  return /号|码|卡|证|编号|账户|\bno\b|_no$|number|account|card|code|\bid\b|_id$/i.test(title);
}

/** The first cell of a line that sums up the others. */
export function isTotalWord(cell: string): boolean {
  return /合计|总计|小计|汇总|^总|^total|^sum\b|^trailer$|^T$|totals?$/i.test(cell.trim());
}

/** What the rows seem to be. */
export function kindOfFields(fields: ReadonlySet<string>): string {
  if (fields.has('principal') && (fields.has('rate') || fields.has('periods'))) return 'loans';
  if (fields.has('due_on') && fields.has('principal')) return 'schedules';
  if (fields.has('loan_no') && fields.has('amount')) return 'repayments';
  return 'statement';
}
