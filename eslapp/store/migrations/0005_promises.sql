-- Skills one contact needs; waits that were announced, scored when they end (the ledger of honesty).

ALTER TABLE interactions ADD COLUMN skills TEXT NOT NULL DEFAULT '{}';  -- JSON: skill -> least level

CREATE TABLE announced_waits (
    number      {serial},
    interaction TEXT NOT NULL,
    queue       TEXT NOT NULL,
    at          {real} NOT NULL,
    position    {integer} NOT NULL,
    wait_s      {real} NOT NULL,            -- what was (or would have been) said
    low_s       {real} NOT NULL,
    high_s      {real} NOT NULL,            -- 80 % of the waits should end between these
    is_told     {integer} NOT NULL,         -- 0: kept to ourselves, because it was not reliable
    actual_s    {real},                     -- when an agent was there; NULL while waiting, and for who left before
    settled_at  {real}
){strict};
CREATE INDEX announced_waits_open ON announced_waits (interaction) WHERE settled_at IS NULL;
CREATE INDEX announced_waits_by_queue ON announced_waits (queue, number);
CREATE INDEX interactions_by_queue_connected ON interactions (queue, connected_at) WHERE connected_at IS NOT NULL;
