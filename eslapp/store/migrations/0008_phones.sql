-- The readiness gate: what came of the last test of an agent's phone, and where that phone was registered.

ALTER TABLE agents ADD COLUMN phone_contact TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN phone_test TEXT NOT NULL DEFAULT '';  -- '', running, passed, unanswered, unheard, mute
