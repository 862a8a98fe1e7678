SELECT group_id, product_id, org, coalesce(plan_id, 0) AS plan_id FROM accounting_group
