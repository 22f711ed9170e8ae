-- Several workers share a host's pace: each writes only over the state that it has seen.
ALTER TABLE host_pacing ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
