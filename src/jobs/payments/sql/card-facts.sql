-- Of accounts, by their marks ($2): $1 = the channel, $3 = the day of the run. What their orders of
-- the day ask for that have not failed, and whether one ever failed by the card.
SELECT encode(m.mark, 'hex') AS mark,
  coalesce((SELECT sum(o.amount) FROM payment_order o
    WHERE o.account_mark = m.mark AND o.channel = $1 AND o.asked_on = $3
      AND o.state <> 'failed'), 0)::bigint AS "askedToday",
  EXISTS (SELECT FROM payment_order o JOIN payment_answer a ON a.order_no = o.order_no
    WHERE o.account_mark = m.mark AND a.changed AND a.class = 'card') AS "isDead"
FROM unnest($2::bytea[]) AS m (mark)
