-- The columns that the hash of a day reads, kept with the run that closes it: an engine with other
-- columns still proves the days that were sealed before it. The default is for days before this.
ALTER TABLE run ADD COLUMN hashed_columns jsonb NOT NULL DEFAULT '{
  "position": ["loan_id", "rate_ppb", "period_units", "next_principal", "next_interest",
    "principal", "principal_not_due", "principal_overdue", "interest_accrued", "interest_due",
    "penalty_due", "compound_due", "fee_due", "suspense", "interest_accrued_total",
    "business_date", "folded_on", "period_start_on", "next_due_on", "oldest_due_on",
    "oldest_free_on", "group_id", "days_past_due", "bucket", "engine_version",
    "schedule_version", "status", "classification", "overdue_bucket", "next_seq", "accruing",
    "open_installments", "totals"],
  "allocation": ["loan_id", "event_id", "amount", "business_date", "bucket", "ordinal", "seq",
    "component", "kind"],
  "event_outcome": ["loan_id", "event_id", "allocated", "to_suspense", "business_date", "bucket",
    "rule"],
  "journal_line": ["voucher", "loan_id", "event_id", "amount", "business_date", "account_id",
    "group_id", "bucket", "line", "kind"],
  "schedule": ["bucket", "loan_id", "version", "effective_on", "balance_after", "due_on",
    "principal", "interest"]
}';
COMMENT ON COLUMN run.hashed_columns IS 'by table, in the order in which the hash reads them';
