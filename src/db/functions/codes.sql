-- The codes that rows carry, as functions: a statement names what it means, and a test holds each to
-- the constant of the program. They are constants to the planner, which works them out once.

-- Event types: what happened to a loan (event.type). Up to `opening` they bring it into the book.
CREATE OR REPLACE FUNCTION event_type_disbursement() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1::smallint';
CREATE OR REPLACE FUNCTION event_type_opening() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 2::smallint';
CREATE OR REPLACE FUNCTION event_type_repayment() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 3::smallint';
CREATE OR REPLACE FUNCTION event_type_settlement() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 4::smallint';
CREATE OR REPLACE FUNCTION event_type_prepayment() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 5::smallint';
CREATE OR REPLACE FUNCTION event_type_waiver() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 6::smallint';
CREATE OR REPLACE FUNCTION event_type_fee() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 7::smallint';
CREATE OR REPLACE FUNCTION event_type_merchant_refund() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 8::smallint';
CREATE OR REPLACE FUNCTION event_type_suspense_refund() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 9::smallint';
CREATE OR REPLACE FUNCTION event_type_rate_change() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 10::smallint';
CREATE OR REPLACE FUNCTION event_type_write_off() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 11::smallint';
CREATE OR REPLACE FUNCTION event_type_recovery() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 12::smallint';
CREATE OR REPLACE FUNCTION event_type_reversal() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 13::smallint';
CREATE OR REPLACE FUNCTION event_type_transfer() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 14::smallint';
CREATE OR REPLACE FUNCTION event_type_charge_back() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 15::smallint';

CREATE OR REPLACE FUNCTION is_birth(type smallint) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT type <= event_type_opening()';

-- Money of the customer, in or out: its cash stays what it was when posted.
CREATE OR REPLACE FUNCTION event_money_types() RETURNS smallint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY[event_type_repayment(), event_type_settlement(), event_type_prepayment(),
    event_type_suspense_refund(), event_type_recovery(), event_type_charge_back()]
$$;

-- What an allocation line says (allocation.kind).
CREATE OR REPLACE FUNCTION line_paid() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1::smallint';
CREATE OR REPLACE FUNCTION line_waived() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 2::smallint';
CREATE OR REPLACE FUNCTION line_charged() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 3::smallint';
CREATE OR REPLACE FUNCTION line_written_off() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 4::smallint';
CREATE OR REPLACE FUNCTION line_recovered() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 5::smallint';
CREATE OR REPLACE FUNCTION line_refunded() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 6::smallint';
CREATE OR REPLACE FUNCTION line_returned() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 7::smallint';
CREATE OR REPLACE FUNCTION line_transferred() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 8::smallint';

-- Components (allocation.component); `refund` lies beside the loan: what the customer owes back.
CREATE OR REPLACE FUNCTION component_principal() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 0::smallint';
CREATE OR REPLACE FUNCTION component_interest() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1::smallint';
CREATE OR REPLACE FUNCTION component_penalty() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 2::smallint';
CREATE OR REPLACE FUNCTION component_compound() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 3::smallint';
CREATE OR REPLACE FUNCTION component_fee() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 4::smallint';
CREATE OR REPLACE FUNCTION component_refund() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 5::smallint';

-- Statuses and classes of a loan (position.status, position.classification).
CREATE OR REPLACE FUNCTION status_normal() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 0::smallint';
CREATE OR REPLACE FUNCTION status_overdue() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1::smallint';
CREATE OR REPLACE FUNCTION status_settled() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 2::smallint';
CREATE OR REPLACE FUNCTION status_written_off() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 3::smallint';
CREATE OR REPLACE FUNCTION status_cancelled() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 4::smallint';
CREATE OR REPLACE FUNCTION status_transferred() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 5::smallint';
CREATE OR REPLACE FUNCTION class_normal() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 0::smallint';
CREATE OR REPLACE FUNCTION class_special_mention() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1::smallint';
CREATE OR REPLACE FUNCTION class_substandard() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 2::smallint';
CREATE OR REPLACE FUNCTION class_doubtful() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 3::smallint';
CREATE OR REPLACE FUNCTION class_loss() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 4::smallint';

-- What a journal line posts (journal_line.kind): a movement, a tax, or an entry from `entry_kind` on.
CREATE OR REPLACE FUNCTION movement_disbursement() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 0::smallint';
CREATE OR REPLACE FUNCTION movement_opening() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1::smallint';
CREATE OR REPLACE FUNCTION movement_accrual() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 2::smallint';
CREATE OR REPLACE FUNCTION movement_due() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 3::smallint';
CREATE OR REPLACE FUNCTION movement_repayment() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 4::smallint';
CREATE OR REPLACE FUNCTION movement_suspense_use() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 5::smallint';
CREATE OR REPLACE FUNCTION movement_overdue() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 6::smallint';
CREATE OR REPLACE FUNCTION movement_non_accrual() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 7::smallint';
CREATE OR REPLACE FUNCTION movement_accrual_back() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 8::smallint';
CREATE OR REPLACE FUNCTION movement_fee() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 9::smallint';
CREATE OR REPLACE FUNCTION movement_waiver() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 10::smallint';
CREATE OR REPLACE FUNCTION movement_merchant_refund() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 11::smallint';
CREATE OR REPLACE FUNCTION movement_suspense_refund() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 12::smallint';
CREATE OR REPLACE FUNCTION movement_write_off() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 13::smallint';
CREATE OR REPLACE FUNCTION movement_recovery() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 14::smallint';
CREATE OR REPLACE FUNCTION movement_transfer() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 15::smallint';
CREATE OR REPLACE FUNCTION movement_service_fee() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 16::smallint';
CREATE OR REPLACE FUNCTION kind_write_off_loss() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 98::smallint';
CREATE OR REPLACE FUNCTION kind_tax() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 99::smallint';
CREATE OR REPLACE FUNCTION kind_entry() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 100::smallint';

-- How an event of ours stands when a statement is matched.
CREATE OR REPLACE FUNCTION standing_none() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT (-1)::smallint';
CREATE OR REPLACE FUNCTION standing_posted() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 0::smallint';
CREATE OR REPLACE FUNCTION standing_waiting() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 1::smallint';
CREATE OR REPLACE FUNCTION standing_rejected() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 2::smallint';
CREATE OR REPLACE FUNCTION standing_reversed() RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 3::smallint';
