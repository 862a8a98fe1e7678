-- $1 = products, $2 = how many of its rate unit each counts to the year.
CREATE TEMP TABLE rate_unit ON COMMIT DROP AS
SELECT product_id, units_a_year
FROM unnest($1::integer[], $2::bigint[]) AS given (product_id, units_a_year)
