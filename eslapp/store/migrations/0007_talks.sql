-- Holds, consultations, three-way talks and supervisors.

ALTER TABLE interactions ADD COLUMN talk TEXT NOT NULL DEFAULT 'direct';  -- direct, held, consulting, three_way
ALTER TABLE interactions ADD COLUMN guests TEXT NOT NULL DEFAULT '[]';    -- JSON list: who else is in the talk
