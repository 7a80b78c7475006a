-- The rows of Zongji 0.1. Portable SQL: {serial} {integer} {real} {bytes} {strict} and "-- @append_only TABLE"
-- are filled in by the dialect. Instants are POSIX seconds (UTC). '' means "none" in text columns that are never NULL.
-- A migration that was released is never edited: add the next number.

CREATE TABLE daemon (                       -- one row: the fence. Who starts last is the only writer
    id          {integer} PRIMARY KEY CHECK (id = 1),
    epoch       {integer} NOT NULL,
    claimed_at  {real} NOT NULL
){strict};
INSERT INTO daemon (id, epoch, claimed_at) VALUES (1, 0, 0.0);

CREATE TABLE contacts (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    level       TEXT NOT NULL,
    language    TEXT NOT NULL,
    created_at  {real} NOT NULL
){strict};

CREATE TABLE addresses (                    -- how a contact is reached, scoped as its provider scopes it
    scope       TEXT NOT NULL,
    external_id TEXT NOT NULL,
    contact     TEXT NOT NULL REFERENCES contacts (id),
    is_verified {integer} NOT NULL,
    added_at    {real} NOT NULL,
    PRIMARY KEY (scope, external_id)
){strict};
CREATE INDEX addresses_by_contact ON addresses (contact);

CREATE TABLE interactions (
    id            TEXT PRIMARY KEY,
    contact       TEXT NOT NULL,
    channel       TEXT NOT NULL,
    medium        TEXT NOT NULL,
    leg           TEXT NOT NULL,
    opened_at     {real} NOT NULL,
    state         TEXT NOT NULL,
    flow          TEXT NOT NULL,
    language      TEXT NOT NULL,
    subject       TEXT NOT NULL,
    queue         TEXT NOT NULL,
    priority      {integer} NOT NULL,
    queued_at     {real},
    agent         TEXT NOT NULL,
    offer         TEXT NOT NULL,
    connected_at  {real},
    ended_at      {real},
    wrap_up_until {real},
    closed_at     {real},
    outcome       TEXT NOT NULL,
    disposition   TEXT NOT NULL,
    notes         TEXT NOT NULL
){strict};
CREATE INDEX interactions_by_contact ON interactions (contact, opened_at);
CREATE INDEX interactions_by_leg ON interactions (leg);
CREATE INDEX interactions_by_opening ON interactions (opened_at);
CREATE INDEX interactions_open ON interactions (state) WHERE state <> 'closed';

CREATE TABLE agents (                       -- what an agent does; who they are is in site.yaml
    id               TEXT PRIMARY KEY,
    presence         TEXT NOT NULL,
    reason           TEXT NOT NULL,
    phone_registered {integer} NOT NULL,
    idle_since       {real} NOT NULL
){strict};

CREATE TABLE offers (
    id          TEXT PRIMARY KEY,
    interaction TEXT NOT NULL,
    agent       TEXT NOT NULL,
    queue       TEXT NOT NULL,
    medium      TEXT NOT NULL,
    state       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    offered_at  {real} NOT NULL,
    expires_at  {real} NOT NULL,
    ended_at    {real},                     -- NULL while the offer holds the agent, to the end of wrap-up
    leg         TEXT NOT NULL
){strict};
CREATE UNIQUE INDEX one_live_offer_per_interaction ON offers (interaction) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX one_live_offer_per_voice_slot ON offers (agent) WHERE ended_at IS NULL AND medium = 'voice';
CREATE INDEX offers_by_interaction ON offers (interaction, offered_at);
CREATE INDEX offers_by_queue ON offers (queue, offered_at);

CREATE TABLE events (                       -- everything that happened, in order; never changed
    sequence    {serial},
    at          {real} NOT NULL,
    type        TEXT NOT NULL,
    interaction TEXT NOT NULL,
    agent       TEXT NOT NULL,
    epoch       {integer} NOT NULL,
    body        TEXT NOT NULL               -- JSON, see eslapp.core.plain
){strict};
CREATE INDEX events_by_interaction ON events (interaction, sequence) WHERE interaction <> '';
CREATE INDEX events_by_instant ON events (at);
-- @append_only events

CREATE TABLE receipts (                     -- every routing decision; the whole of it is in the log
    id          TEXT PRIMARY KEY,
    interaction TEXT NOT NULL,
    queue       TEXT NOT NULL,
    at          {real} NOT NULL,
    winner      TEXT NOT NULL,
    sequence    {integer} NOT NULL          -- of its DecisionMade in events
){strict};
CREATE INDEX receipts_by_interaction ON receipts (interaction, sequence);
-- @append_only receipts

CREATE TABLE conversations (                -- a thread with one address; many interactions over the years
    id          TEXT PRIMARY KEY,
    channel     TEXT NOT NULL,
    account     TEXT NOT NULL,
    address     TEXT NOT NULL,
    contact     TEXT NOT NULL,
    interaction TEXT NOT NULL,              -- the matter in work now, '' when none is
    opened_at   {real} NOT NULL,
    closed_at   {real}
){strict};
CREATE UNIQUE INDEX one_open_conversation_per_address
    ON conversations (channel, account, address) WHERE closed_at IS NULL;
CREATE INDEX conversations_by_contact ON conversations (contact, opened_at);
CREATE INDEX conversations_by_interaction ON conversations (interaction) WHERE interaction <> '';

CREATE TABLE messages (
    number       {serial},                  -- the order in which we saw them
    id           TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL,
    interaction  TEXT NOT NULL,
    channel      TEXT NOT NULL,
    account      TEXT NOT NULL,
    direction    TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    author       TEXT NOT NULL,             -- "contact", "flow", "system" or an agent id
    text         TEXT NOT NULL,
    options      TEXT NOT NULL,             -- JSON list of [key, label]
    state        TEXT NOT NULL,
    error        TEXT NOT NULL,
    provider_id  TEXT NOT NULL,             -- '' until the provider named it
    client_id    TEXT NOT NULL,             -- the sender's own id: a repeated POST is the same message
    created_at   {real} NOT NULL,
    provider_at  {real}                     -- the provider's clock, for the order of late deliveries
){strict};
CREATE UNIQUE INDEX one_message_per_provider_id
    ON messages (channel, account, provider_id) WHERE provider_id <> '';
CREATE UNIQUE INDEX one_message_per_client_id
    ON messages (conversation, author, client_id) WHERE client_id <> '';
CREATE INDEX messages_by_conversation ON messages (conversation, number);
CREATE INDEX messages_by_interaction ON messages (interaction, number);

CREATE TABLE inbox (                        -- raw events of providers: stored, then acknowledged, then worked on
    number          {serial},
    channel_account TEXT NOT NULL,          -- "webchat:website", "wechat:wx1234"
    external_key    TEXT NOT NULL,
    address         TEXT NOT NULL,          -- whose it is, for the order; '' where the raw event does not say
    received_at     {real} NOT NULL,
    headers         TEXT NOT NULL,          -- JSON object
    body            {bytes} NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('new', 'done', 'failed')),
    tries           {integer} NOT NULL,
    due_at          {real} NOT NULL,
    error           TEXT NOT NULL,
    settled_at      {real},
    UNIQUE (channel_account, external_key)
){strict};
CREATE INDEX inbox_new ON inbox (channel_account, address, number) WHERE state = 'new';

CREATE TABLE outbox (                       -- what must reach a contact: rows first, sent in order per address
    number        {serial},
    message       TEXT NOT NULL UNIQUE,
    channel       TEXT NOT NULL,
    account       TEXT NOT NULL,
    address       TEXT NOT NULL,
    is_idempotent {integer} NOT NULL,       -- the provider drops repeats: a lost answer may be sent again
    state         TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown')),
    tries         {integer} NOT NULL,
    due_at        {real} NOT NULL,
    epoch         {integer} NOT NULL,       -- of the daemon that took it
    token         {integer} NOT NULL,       -- fence: grows with every claim
    error         TEXT NOT NULL,
    queued_at     {real} NOT NULL,
    settled_at    {real}
){strict};
CREATE INDEX outbox_unsettled ON outbox (channel, account, address, number) WHERE state IN ('queued', 'sending');

CREATE TABLE jobs (                         -- slow work outside the daemon: transcription, export
    number      {serial},
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,              -- adding the same (kind, key) twice is one job
    body        TEXT NOT NULL,              -- JSON
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'failed')),
    due_at      {real} NOT NULL,
    tries       {integer} NOT NULL,
    max_tries   {integer} NOT NULL,
    token       {integer} NOT NULL,         -- fence: a late finisher holds an old one
    lease_until {real},
    worker      TEXT NOT NULL,
    result      TEXT NOT NULL,              -- JSON
    error       TEXT NOT NULL,
    added_at    {real} NOT NULL,
    settled_at  {real},
    UNIQUE (kind, key)
){strict};
CREATE INDEX jobs_due ON jobs (kind, due_at) WHERE state IN ('waiting', 'leased');

CREATE TABLE recordings (
    id          TEXT PRIMARY KEY,
    interaction TEXT NOT NULL,
    part        {integer} NOT NULL,
    path        TEXT NOT NULL,              -- below the site's recordings folder
    state       TEXT NOT NULL CHECK (state IN ('running', 'finished', 'truncated', 'missing')),
    started_at  {real} NOT NULL,
    ended_at    {real},
    seconds     {real} NOT NULL,
    channels    {integer} NOT NULL,
    bytes       {integer} NOT NULL,
    UNIQUE (interaction, part)
){strict};
CREATE INDEX recordings_running ON recordings (state) WHERE state = 'running';

CREATE TABLE transcripts (
    recording   TEXT PRIMARY KEY,
    interaction TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'failed')),
    engine      TEXT NOT NULL,
    language    TEXT NOT NULL,
    error       TEXT NOT NULL,
    made_at     {real} NOT NULL
){strict};
CREATE INDEX transcripts_by_interaction ON transcripts (interaction);

CREATE TABLE turns (                        -- who said what, when, in a transcript
    recording   TEXT NOT NULL REFERENCES transcripts (recording),
    number      {integer} NOT NULL,
    side        TEXT NOT NULL,              -- "contact" or "agent"
    text        TEXT NOT NULL,
    start_s     {real} NOT NULL,
    end_s       {real} NOT NULL,
    PRIMARY KEY (recording, number)
){strict};

CREATE TABLE flow_sessions (                -- where an interaction stands in its flow
    interaction TEXT PRIMARY KEY,
    flow        TEXT NOT NULL,
    revision    TEXT NOT NULL,              -- of the site the session began with
    body        TEXT NOT NULL,              -- JSON of ivr.session
    saved_at    {real} NOT NULL
){strict};

CREATE TABLE web_sessions (                 -- signed-in browsers; only the hash of the cookie is kept
    token_hash  TEXT PRIMARY KEY,
    agent       TEXT NOT NULL,
    role        TEXT NOT NULL,
    csrf        TEXT NOT NULL,
    created_at  {real} NOT NULL,
    seen_at     {real} NOT NULL,
    expires_at  {real} NOT NULL,
    revoked_at  {real}
){strict};
CREATE INDEX web_sessions_by_agent ON web_sessions (agent);

CREATE TABLE chat_sessions (                -- visitors of the chat page; only the hash of their token is kept
    token_hash   TEXT PRIMARY KEY,
    channel      TEXT NOT NULL,             -- the site's channel name
    address      TEXT NOT NULL,             -- the visitor's address on that channel
    contact      TEXT NOT NULL,
    conversation TEXT NOT NULL,
    language     TEXT NOT NULL,
    created_at   {real} NOT NULL,
    seen_at      {real} NOT NULL,
    expires_at   {real} NOT NULL,
    ended_at     {real}
){strict};
