SELECT EXISTS (SELECT FROM loan_look)
  OR EXISTS (SELECT FROM import_task WHERE looks > 0) AS is_needed
