-- What flows keep of self-service: tickets, surveys, who proved to be whom.
-- ``source`` is "interaction:place in the flow": asked again after a crash, it is the same row.

CREATE TABLE tickets (
    number      {integer} PRIMARY KEY,      -- said to the contact, from 10001
    source      TEXT NOT NULL UNIQUE,
    interaction TEXT NOT NULL,              -- '' where a colleague opened it by hand
    contact     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    level       TEXT NOT NULL CHECK (level IN ('low', 'normal', 'high', 'urgent')),
    subject     TEXT NOT NULL,
    text        TEXT NOT NULL,
    collected   TEXT NOT NULL,              -- JSON object: what the flow had collected
    state       TEXT NOT NULL CHECK (state IN ('new', 'open', 'solved')),
    assignee    TEXT NOT NULL,              -- an agent, or ''
    opened_at   {real} NOT NULL,
    due_at      {real},
    solved_at   {real}
){strict};
CREATE INDEX tickets_by_interaction ON tickets (interaction) WHERE interaction <> '';
CREATE INDEX tickets_by_contact ON tickets (contact, number);
CREATE INDEX tickets_unsolved ON tickets (number) WHERE state <> 'solved';

CREATE TABLE ticket_comments (
    number {serial},
    ticket {integer} NOT NULL REFERENCES tickets (number),
    author TEXT NOT NULL,                   -- an agent or "admin"
    text   TEXT NOT NULL,
    at     {real} NOT NULL
){strict};
CREATE INDEX ticket_comments_by_ticket ON ticket_comments (ticket, number);

CREATE TABLE survey_answers (
    number      {serial},
    source      TEXT NOT NULL UNIQUE,
    interaction TEXT NOT NULL,
    contact     TEXT NOT NULL,
    survey      TEXT NOT NULL,
    score       {integer} NOT NULL,         -- from 1 (or 0) to best
    best        {integer} NOT NULL,
    is_low      {integer} NOT NULL,
    queue       TEXT NOT NULL,
    agent       TEXT NOT NULL,              -- who had talked, or ''
    at          {real} NOT NULL
){strict};
CREATE INDEX survey_answers_by_interaction ON survey_answers (interaction);
CREATE INDEX survey_answers_low ON survey_answers (number) WHERE is_low = 1;

CREATE TABLE identifications (              -- how a contact proved who they are, in one interaction
    number      {serial},
    source      TEXT NOT NULL UNIQUE,
    interaction TEXT NOT NULL,
    contact     TEXT NOT NULL,
    verified_by TEXT NOT NULL CHECK (verified_by IN ('number', 'member', 'code')),
    member      TEXT NOT NULL,
    at          {real} NOT NULL
){strict};
CREATE INDEX identifications_by_interaction ON identifications (interaction, number);

CREATE TABLE one_time_codes (               -- never the code itself: only its keyed hash
    source     TEXT PRIMARY KEY,
    contact    TEXT NOT NULL,
    channel    TEXT NOT NULL,
    message    TEXT NOT NULL,               -- that carried it
    digest     TEXT NOT NULL,
    tries_left {integer} NOT NULL,
    made_at    {real} NOT NULL,
    expires_at {real} NOT NULL,
    used_at    {real}
){strict};
CREATE INDEX one_time_codes_by_contact ON one_time_codes (contact, made_at);
