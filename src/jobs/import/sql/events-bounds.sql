-- $1 = first days, $2 = days after the last, $3 = billionths of the principal: what one fee may be,
-- by the policy in force on its business date.
CREATE TEMP TABLE fee_share ON COMMIT DROP AS
SELECT from_on, until_on, ppb
FROM unnest($1::date[], $2::date[], $3::bigint[]) AS given (from_on, until_on, ppb)
