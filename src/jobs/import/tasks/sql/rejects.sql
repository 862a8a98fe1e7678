SELECT row_line, reject FROM import_reject ORDER BY row_line = 0, row_line, place
