-- A message of which nobody knows whether it arrived, and that its author chose to send again: the provider is asked first.

ALTER TABLE outbox ADD COLUMN is_again {integer} NOT NULL DEFAULT 0;
