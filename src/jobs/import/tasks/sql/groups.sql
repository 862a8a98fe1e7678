SELECT group_id, product_id, org FROM accounting_group WHERE funding_plan = 'own'
