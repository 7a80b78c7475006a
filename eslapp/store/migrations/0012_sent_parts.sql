-- A message is one or several for its provider: pieces of a long text, files, the words behind them. Each has an id
-- and a fate of its own there.

CREATE TABLE sent_parts (
    message     TEXT NOT NULL,
    number      {integer} NOT NULL,         -- within the message, from 0
    channel     TEXT NOT NULL,
    account     TEXT NOT NULL,
    provider_id TEXT NOT NULL DEFAULT '',   -- of this part; '' where the provider gives none
    state       TEXT NOT NULL CHECK (state IN ('sent', 'failed', 'delivered', 'read')),
    error       TEXT NOT NULL DEFAULT '',
    failures    {integer} NOT NULL DEFAULT 0,  -- how often it was taken and failed after all
    PRIMARY KEY (message, number)
){strict};
CREATE INDEX sent_parts_by_provider_id ON sent_parts (channel, account, provider_id) WHERE provider_id <> '';

ALTER TABLE outbox ADD COLUMN parts {integer} NOT NULL DEFAULT 1;   -- how many messages it is for the provider

INSERT INTO sent_parts (message, number, channel, account, state)
WITH RECURSIVE done (message, number, channel, account) AS (
    SELECT message, parts_done - 1, channel, account FROM outbox WHERE parts_done > 0
    UNION ALL SELECT message, number - 1, channel, account FROM done WHERE number > 0
)
SELECT message, number, channel, account, 'sent' FROM done;
ALTER TABLE outbox DROP COLUMN parts_done;
