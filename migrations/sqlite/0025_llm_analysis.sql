-- Whether texts of the organization may be sent to the operator's language model.
ALTER TABLE organizations ADD COLUMN llm_analysis BOOLEAN NOT NULL DEFAULT FALSE;
