-- Overflow: since when a contact waits in this queue, what its flow decides itself, why it was sent out of the line.

ALTER TABLE interactions ADD COLUMN here_since {real};
ALTER TABLE interactions ADD COLUMN own_ways TEXT NOT NULL DEFAULT '';
ALTER TABLE interactions ADD COLUMN overflow TEXT NOT NULL DEFAULT '';
