INSERT INTO rejected (line, problem)
SELECT line, problem FROM reversal WHERE problem IS NOT NULL
