-- People with several addresses: contacts are joined by a pointer, never rewritten, so that every merge can be undone.

ALTER TABLE contacts ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';  -- the contact that stands for both
CREATE INDEX contacts_merged ON contacts (merged_into) WHERE merged_into <> '';

CREATE TABLE merges (
    number    {serial},
    winner    TEXT NOT NULL REFERENCES contacts (id),
    loser     TEXT NOT NULL REFERENCES contacts (id),
    reason    TEXT NOT NULL,
    actor     TEXT NOT NULL,               -- an agent, or "system"
    at        {real} NOT NULL,
    undone_at {real},
    undone_by TEXT NOT NULL DEFAULT ''
){strict};
CREATE INDEX merges_by_winner ON merges (winner);
CREATE INDEX merges_by_loser ON merges (loser);

CREATE TABLE merge_suggestions (           -- two contacts who may be one, for an agent to say
    one    TEXT NOT NULL,                  -- the smaller id
    other  TEXT NOT NULL,
    reason TEXT NOT NULL,
    state  TEXT NOT NULL CHECK (state IN ('open', 'merged', 'dismissed')),
    at     {real} NOT NULL,
    PRIMARY KEY (one, other)
){strict};
