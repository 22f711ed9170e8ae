-- What a web archive needs beside a body: the heads of request and answer, why a body is cut, and which version of its
-- ad was read from it, so that the archive can be read again by a mended adapter.
ALTER TABLE page_capture ADD COLUMN exchange_sealed BLOB;
ALTER TABLE page_capture ADD COLUMN truncated TEXT;
ALTER TABLE page_capture ADD COLUMN version INTEGER;
-- Pages of a site in time order.
CREATE INDEX page_capture_site ON page_capture (site_id, fetched_at, id);
