-- Housekeeping looks for signed messages that nobody sends again.
CREATE INDEX webhook_messages_received ON webhook_messages (received_at);

-- Whose receipt it is: a renewal of the session that was under way at the end brings tokens that must be ended, too. Older ones have none.
ALTER TABLE disconnections ADD COLUMN connection_id TEXT;
