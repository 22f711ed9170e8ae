-- A version whose contacts were deleted before the rest of it: by a clock of their own.
ALTER TABLE ad_version ADD COLUMN contacts_gone_at INTEGER;
