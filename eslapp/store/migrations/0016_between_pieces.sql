-- A message of several pieces, one of which is out and the next not begun: whoever ends there has left nothing unknown.

ALTER TABLE outbox ADD COLUMN is_between {integer} NOT NULL DEFAULT 0;
