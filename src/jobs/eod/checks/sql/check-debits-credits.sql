-- Every voucher of the day balances, and has two sides; one row a voucher that does not.
SELECT 'voucher ' || voucher AS place, '0' AS expected, sum(amount)::text AS actual
FROM :journal
GROUP BY voucher HAVING sum(amount) <> 0
ORDER BY voucher LIMIT 20
