-- Coverage in time: what a listing page was last recognised by, and what it promised of an ad.

-- The last whole answer of a listing page, for conditional requests. A page that is unchanged is read again from the
-- archive, by the adapter as it is now; once the archive lets go of it, the page is asked for in full.
CREATE TABLE listing_page (
    site_id INTEGER NOT NULL REFERENCES site (id),
    url_hash BLOB NOT NULL,
    page_id INTEGER NOT NULL REFERENCES page (id) ON DELETE CASCADE,
    url_sealed BLOB NOT NULL,
    content_type TEXT NOT NULL,
    validators_sealed BLOB NOT NULL,
    retention TEXT NOT NULL,
    delete_after INTEGER,
    PRIMARY KEY (site_id, url_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX listing_page_page ON listing_page (page_id);

-- What the listing showed of the ad when its page was entered; and, for a page that is held back (state 4) until the
-- run is judged, what it said and where it is in the archive.
ALTER TABLE frontier ADD COLUMN promise_sealed BLOB;
ALTER TABLE frontier ADD COLUMN held_sealed BLOB;
ALTER TABLE frontier ADD COLUMN capture_id INTEGER;
