/** What figures and the loans behind them are read from. */
function partsSql(day: string): string {
  const d = `DATE '${day}'`;
  return `WITH first_day AS (SELECT min(business_date) AS day FROM sealed_day),
  last AS (
    SELECT DISTINCT ON (p.loan_id) p.loan_id, p.business_date AS row_on, p.status,
      p.classification, p.principal, p.days_past_due, p.schedule_version, l.principal AS disbursed,
      l.disbursed_on, substr(v.code, 2)::int AS grace
    FROM position p JOIN loan l USING (bucket, loan_id)
      JOIN accounting_group g ON g.group_id = l.group_id JOIN product_version v
        ON v.product_id = g.product_id
    WHERE p.business_date <= ${d} ORDER BY p.loan_id, p.business_date DESC),
  today AS (SELECT * FROM last WHERE row_on = ${d}),
  owing AS (SELECT * FROM today WHERE status IN (0, 1) AND principal > 0),
  rated AS (SELECT * FROM last WHERE status IN (0, 1, 2)),
  due AS (
    SELECT r.loan_id, r.disbursed, i.seq, i.due_on, i.due_on + r.grace AS free_until,
      i.principal + i.interest AS due
    FROM rated r JOIN installment i ON i.loan_id = r.loan_id AND i.version = r.schedule_version
    WHERE i.due_on <= r.row_on AND i.principal + i.interest > 0),
  lines AS (
    SELECT loan_id, seq, business_date, component, kind, amount FROM allocation
    WHERE component <> 5 AND kind IN (1, 2, 5, 7)),
  stood AS (
    SELECT u.*, t.day AS at, greatest(u.due - coalesce((SELECT sum(amount) FROM lines a
        WHERE a.loan_id = u.loan_id AND a.seq = u.seq AND a.component IN (0, 1)
          AND a.business_date <= t.day), 0), 0) AS open,
      (SELECT coalesce(sum(amount), 0) FROM lines a WHERE a.loan_id = u.loan_id AND a.seq = u.seq
          AND a.component IN (0, 1) AND a.kind <> 2 AND a.business_date = ${d}) AS paid
    FROM due u CROSS JOIN (VALUES (${d}), (${d} - 1)) AS t (day)),
  fpd AS (
    SELECT u.loan_id, u.disbursed, n.days,
      (u.due > coalesce((SELECT sum(amount) FROM lines a WHERE a.loan_id = u.loan_id
        AND a.seq = 1 AND a.component IN (0, 1)
        AND a.business_date <= greatest(u.due_on + n.days, u.free_until)), 0)) AS bad
    FROM due u CROSS JOIN (VALUES (1), (7), (30)) AS n (days) CROSS JOIN first_day f
    WHERE u.seq = 1 AND greatest(u.due_on + n.days, u.free_until) BETWEEN ${d} - 29 AND ${d}
      AND greatest(u.due_on + n.days, u.free_until) >= f.day),
  yesterday AS (SELECT * FROM position WHERE business_date = ${d} - 1 AND status IN (0, 1)
    AND principal > 0),
  moved AS (
    SELECT t.loan_id, concat('M', least(7, ceil(y.days_past_due / 30.0)), ' ', CASE
        WHEN t.status IN (0, 1) THEN concat('M', least(7, ceil(t.days_past_due / 30.0)))
        ELSE (ARRAY['settled', 'written_off', 'cancelled', 'transferred'])[t.status - 1] END)
      AS name, y.principal
    FROM yesterday y JOIN today t USING (loan_id))`;
}

/**
 * The figures of a day by SQL alone, written for tests: from schedules and allocation lines, while
 * the program reads what its positions carry. For books without a calendar, whose products are
 * named by their days of grace.
 */
export function figuresSql(day: string): string {
  const d = `DATE '${day}'`;
  return `${partsSql(day)}
  SELECT jsonb_build_object(
    'loans', (SELECT count(*) FROM owing),
    'outstanding', (SELECT coalesce(sum(principal), 0) FROM owing),
    'overdue', (SELECT coalesce(sum(principal), 0) FROM owing WHERE days_past_due > 0),
    'allowance', (SELECT coalesce(0 - sum(j.amount), 0) FROM journal_line j JOIN account
      USING (account_id) WHERE code = '1304.01' AND j.business_date <= ${d}),
    'npl', (SELECT coalesce(sum(principal), 0) FROM owing WHERE classification >= 2),
    'disbursed', (SELECT jsonb_build_array(count(*), coalesce(sum(disbursed), 0)) FROM last
      WHERE disbursed_on = ${d} AND status <> 4),
    'repaid', (SELECT coalesce(sum(amount), 0) FROM lines a JOIN last USING (loan_id)
      WHERE a.business_date = ${d} AND a.kind <> 2 AND status <> 4),
    'due', (SELECT coalesce(sum(due), 0) FROM due WHERE due_on = ${d}),
    'entry', (SELECT jsonb_build_array(coalesce(sum(due), 0), coalesce(sum(open), 0), count(*),
      count(*) FILTER (WHERE open > 0)) FROM stood WHERE at = ${d} AND free_until = ${d}),
    'recovery', (SELECT jsonb_build_array(coalesce(sum(open), 0),
      coalesce(sum(least(open, greatest(paid, 0))), 0))
      FROM stood WHERE at = ${d} - 1 AND free_until < ${d}),
    'fpd', (SELECT jsonb_agg(jsonb_build_array(days, (SELECT count(*) FROM fpd f WHERE f.days = n.days),
      (SELECT count(*) FROM fpd f WHERE f.days = n.days AND bad),
      (SELECT coalesce(sum(disbursed), 0) FROM fpd f WHERE f.days = n.days AND bad),
      (SELECT coalesce(sum(disbursed), 0) FROM fpd f WHERE f.days = n.days)) ORDER BY days)
      FROM (VALUES (1), (7), (30)) AS n (days)),
    'buckets', (SELECT jsonb_agg(jsonb_build_array(
        (SELECT count(*) FROM owing WHERE least(7, ceil(days_past_due / 30.0)) = b),
        (SELECT coalesce(sum(principal), 0) FROM owing
          WHERE least(7, ceil(days_past_due / 30.0)) = b)) ORDER BY b)
      FROM generate_series(0, 7) AS b),
    'moves', (SELECT coalesce(jsonb_object_agg(name, sums), '{}') FROM (
      SELECT name, jsonb_build_array(count(*), sum(principal)) AS sums FROM moved GROUP BY 1) AS m)
  ) AS figures`;
}

/**
 * The loans behind figures of a day by SQL alone: by the option of `loan list`, loan numbers with
 * what each adds in minor units, and how many instalments where they are counted.
 */
export function behindSql(day: string): string {
  const d = `DATE '${day}'`;
  const stood = (to: string) => `FROM stood WHERE ${to} GROUP BY loan_id`;
  return `${partsSql(day)},
  behind (option, loan_id, counted, instalments) AS (
    SELECT '--disbursed ${day}', loan_id, disbursed, NULL::bigint FROM last
      WHERE disbursed_on = ${d} AND status <> 4
    UNION ALL SELECT '--repaid ${day}', loan_id, sum(amount), NULL FROM lines JOIN last USING (loan_id)
      WHERE business_date = ${d} AND kind <> 2 AND status <> 4 GROUP BY loan_id
      HAVING sum(amount) <> 0
    UNION ALL SELECT '--due ${day}', loan_id, sum(due), NULL FROM due WHERE due_on = ${d}
      GROUP BY loan_id
    UNION ALL SELECT '--last-free ${day}', loan_id, sum(due), count(*)
      ${stood(`at = ${d} AND free_until = ${d}`)}
    UNION ALL SELECT '--entered ${day}', loan_id, sum(open), count(*)
      ${stood(`at = ${d} AND free_until = ${d} AND open > 0`)}
    UNION ALL SELECT '--behind ${day}', loan_id, sum(open), NULL
      ${stood(`at = ${d} - 1 AND free_until < ${d} AND open > 0`)}
    UNION ALL SELECT '--collected ${day}', loan_id, sum(least(open, paid)), NULL
      ${stood(`at = ${d} - 1 AND free_until < ${d} AND least(open, paid) > 0`)}
    UNION ALL SELECT concat('--first-decided ', days), loan_id, disbursed, NULL FROM fpd
    UNION ALL SELECT concat('--first-default ', days), loan_id, disbursed, NULL FROM fpd WHERE bad
    UNION ALL SELECT concat('--moved ', replace(name, ' ', ':')), loan_id, principal, NULL FROM moved)
  SELECT option, jsonb_agg(jsonb_build_array(l.loan_no, counted, instalments)
    ORDER BY l.loan_no COLLATE "C") AS loans
  FROM behind JOIN loan l USING (loan_id) GROUP BY option ORDER BY option`;
}
