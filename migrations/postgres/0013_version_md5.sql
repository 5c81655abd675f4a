-- What Salesforce names a file's bytes by: the same bytes under another id are known without a download.
ALTER TABLE contract_versions ADD COLUMN md5 TEXT;
