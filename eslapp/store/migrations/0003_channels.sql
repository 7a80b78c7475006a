-- Channels of providers: what is not words, what may still be answered, what came too early, how far we have read.

ALTER TABLE messages ADD COLUMN kind TEXT NOT NULL DEFAULT 'text';       -- "text", "event", "unknown", "recalled"
ALTER TABLE messages ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';  -- JSON list, see eslapp.store.messages
ALTER TABLE messages ADD COLUMN reply_to TEXT NOT NULL DEFAULT '';       -- the provider's id of the message answered
ALTER TABLE outbox ADD COLUMN parts_done {integer} NOT NULL DEFAULT 0;   -- of a long text, sent in parts

CREATE TABLE media (                        -- files of messages: fetched after the acknowledgement, with a visible state
    id           TEXT PRIMARY KEY,
    message      TEXT NOT NULL,
    place        {integer} NOT NULL,        -- among the files of its message
    channel      TEXT NOT NULL,
    account      TEXT NOT NULL,
    direction    TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    kind         TEXT NOT NULL,
    ref          TEXT NOT NULL,             -- what the channel fetches it by
    name         TEXT NOT NULL,
    content_type TEXT NOT NULL,             -- as sniffed once it is there, as claimed before
    path         TEXT NOT NULL,             -- below the site's media folder, '' until it is there
    bytes        {integer} NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'ready', 'failed', 'refused')),
    tries        {integer} NOT NULL,
    due_at       {real} NOT NULL,
    error        TEXT NOT NULL,
    added_at     {real} NOT NULL,
    settled_at   {real}
){strict};
CREATE INDEX media_by_message ON media (message);
CREATE INDEX media_pending ON media (due_at) WHERE state = 'pending';

CREATE TABLE reply_windows (                -- until when, and how often, an address may still be written to
    channel      TEXT NOT NULL,
    account      TEXT NOT NULL,
    address      TEXT NOT NULL,
    granted_by   TEXT NOT NULL,             -- "message", "follow", ...
    expires_at   {real} NOT NULL,
    messages_left {integer},                -- NULL: any number
    PRIMARY KEY (channel, account, address)
){strict};

CREATE TABLE early_receipts (               -- receipts that came before the send had returned
    channel      TEXT NOT NULL,
    account      TEXT NOT NULL,
    provider_id  TEXT NOT NULL,
    state        TEXT NOT NULL,
    error        TEXT NOT NULL,
    at           {real} NOT NULL
){strict};
CREATE INDEX early_receipts_by_id ON early_receipts (channel, account, provider_id);

CREATE TABLE channel_cursors (              -- how far an account that is pulled has been read
    account      TEXT PRIMARY KEY,
    cursor       TEXT NOT NULL,
    moved_at     {real} NOT NULL
){strict};
