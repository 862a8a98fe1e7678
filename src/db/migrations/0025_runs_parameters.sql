-- What ruled the day when its close began: a resume under anything else is refused. Products and
-- groups only grow, and what came in since belongs to later days, so the first so many are hashed.
ALTER TABLE run ADD parameters jsonb;
COMMENT ON COLUMN run.parameters IS
  'sha256 of the parameters of the day, over the first so many products and groups; null: begun before';
GRANT UPDATE (parameters) ON run TO loanbook_batch;
