-- The last live check that the provider answered: a later one that could not ask does not change what is known.
ALTER TABLE connection_tests ADD COLUMN answered JSONB;
UPDATE connection_tests SET answered = result WHERE CAST(result AS TEXT) NOT LIKE '%"Connection works"%';
