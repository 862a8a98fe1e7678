/** Makes a book what a version left that chained nothing beside the rows of its days. */
export const UNCHAIN = `DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT table_name FROM chained_table WHERE day_column = 'chained_on' LOOP
      EXECUTE format('UPDATE %I SET chained_on = NULL', name);
    END LOOP;
    DELETE FROM sealed_input;
    UPDATE sealed_day SET inputs_hash = NULL, proof_hash = NULL;
  END $$`;
