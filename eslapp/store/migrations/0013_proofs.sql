-- A proof that covers no body is good for one event and its repeats. An address was proved at an instant: numbers change
-- hands.

CREATE TABLE used_proofs (
    channel_account TEXT NOT NULL,
    proof           TEXT NOT NULL,
    external_key    TEXT NOT NULL,          -- of the event that came with it first
    at              {real} NOT NULL,
    PRIMARY KEY (channel_account, proof)
){strict};
CREATE INDEX used_proofs_by_time ON used_proofs (at);

ALTER TABLE addresses ADD COLUMN verified_at {real};
UPDATE addresses SET verified_at = added_at WHERE is_verified = 1;
