-- Callbacks and chains, head starts, relaxing skills, agents asked first, offers to several agents at once.

ALTER TABLE interactions ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE interactions ADD COLUMN chain TEXT NOT NULL DEFAULT '';     -- the first interaction of the matter
ALTER TABLE interactions ADD COLUMN address TEXT NOT NULL DEFAULT '';   -- of a callback: the number to call
ALTER TABLE interactions ADD COLUMN due_at {real};                      -- of a callback: not before
ALTER TABLE interactions ADD COLUMN tries {integer} NOT NULL DEFAULT 0;
ALTER TABLE interactions ADD COLUMN level TEXT NOT NULL DEFAULT '';     -- of the contact
ALTER TABLE interactions ADD COLUMN urgency TEXT NOT NULL DEFAULT '';
ALTER TABLE interactions ADD COLUMN head_start_s {real} NOT NULL DEFAULT 0.0;
ALTER TABLE interactions ADD COLUMN reply_by {real};                    -- the channel lets us answer until then
ALTER TABLE interactions ADD COLUMN relaxed {integer} NOT NULL DEFAULT 0;
ALTER TABLE interactions ADD COLUMN wanted TEXT NOT NULL DEFAULT '';    -- the agent who is asked first
ALTER TABLE interactions ADD COLUMN held_until {real};                  -- nobody else is asked before
UPDATE interactions SET chain = id;
CREATE INDEX interactions_by_chain ON interactions (chain, opened_at);
CREATE INDEX callbacks_by_instant ON interactions (opened_at) WHERE channel = 'callback';

ALTER TABLE agents ADD COLUMN next_presence TEXT NOT NULL DEFAULT '';   -- taken when the present work is done
ALTER TABLE agents ADD COLUMN next_reason TEXT NOT NULL DEFAULT '';

DROP INDEX one_live_offer_per_interaction;  -- several agents may be asked; one of them has it
CREATE UNIQUE INDEX one_live_offer_per_interaction_and_agent ON offers (interaction, agent) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX one_agent_per_interaction ON offers (interaction) WHERE ended_at IS NULL AND state = 'accepted';
