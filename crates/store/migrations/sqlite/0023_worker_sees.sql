-- Who of the workers said that somebody may be under 18.
ALTER TABLE urgent_notice ADD COLUMN reported_by TEXT;

-- That a version names a street address: where a visit is advised the place is known. The address itself lies sealed in the
-- version's reading. A version that was read before is read again by the next analysis.
CREATE TABLE address_mention (
    version_id INTEGER NOT NULL PRIMARY KEY REFERENCES ad_version (id) ON DELETE CASCADE,
    ad_id INTEGER NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    addresses INTEGER NOT NULL
) STRICT;
CREATE INDEX address_mention_ad ON address_mention (ad_id);
