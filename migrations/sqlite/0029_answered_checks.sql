-- The last live check that the provider answered: a later one that could not ask does not change what is known.
ALTER TABLE connection_tests ADD COLUMN answered TEXT;
UPDATE connection_tests SET answered = result WHERE result NOT LIKE '%"Connection works"%';
