/** One kind of rows that a task writes beside its positions. */
export interface SideTable {
  readonly parent:
    | 'allocation'
    | 'event_outcome'
    | 'journal_line'
    | 'schedule'
    | 'schedule_balance'
    | 'funding_item';
  /** Whether each day has a table of its own. */
  readonly byDay: boolean;
  readonly columns: readonly string[];
}

export const ALLOCATION: SideTable = {
  parent: 'allocation',
  byDay: true,
  columns: [
    'loan_id',
    'event_id',
    'amount',
    'business_date',
    'bucket',
    'ordinal',
    'seq',
    'component',
    'kind',
  ],
};
export const OUTCOME: SideTable = {
  parent: 'event_outcome',
  byDay: true,
  columns: ['loan_id', 'event_id', 'allocated', 'to_suspense', 'business_date', 'bucket', 'rule'],
};
export const JOURNAL: SideTable = {
  parent: 'journal_line',
  byDay: true,
  columns: [
    'voucher',
    'loan_id',
    'event_id',
    'amount',
    'business_date',
    'account_id',
    'group_id',
    'bucket',
    'line',
    'kind',
  ],
};

/** Schedules laid again on the day: versions behind the first. */
export const SCHEDULE: SideTable = {
  parent: 'schedule',
  byDay: false,
  columns: [
    'bucket',
    'loan_id',
    'version',
    'effective_on',
    'balance_after',
    'due_on',
    'principal',
    'interest',
  ],
};

/** What the check of schedules reads of them, in a table of its own. */
export const SCHEDULE_BALANCE: SideTable = {
  parent: 'schedule_balance',
  byDay: false,
  columns: ['bucket', 'loan_id', 'version', 'balance_after'],
};

/** What the parties of joint loans have of the day's events; a step keeps the hash of its rows. */
export const FUNDING_ITEM: SideTable = {
  parent: 'funding_item',
  byDay: false,
  columns: [
    'loan_id',
    'event_id',
    'principal',
    'interest',
    'penalty',
    'compound',
    'fee',
    'service_fee',
    'service_tax',
    'business_date',
    'plan_id',
    'bucket',
    'place',
    'kind',
    'party',
  ],
};
