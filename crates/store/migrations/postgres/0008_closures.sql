-- Analysis by closures (docs/adr/0009-closures.md): which ads changed since they were last analysed, which ads belong to
-- one closure, by which keys a later ad finds them, and what a batch counts on.

-- An ad whose versions, sightings, pictures, absences, or judgements changed. Filled by triggers, so that no code path
-- can forget it. `stamp` counts its changes; `known_at` is the time by which all of them are known. The ad 0 stands for
-- everybody: something was deleted.
CREATE TABLE changed_ad (
    ad_id BIGINT NOT NULL PRIMARY KEY,
    stamp BIGINT NOT NULL,
    known_at BIGINT NOT NULL
);

-- What is forgotten of an ad calls for those with which it was in one closure too.
CREATE FUNCTION note_sighting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT m.ad_id, 1, 0 FROM current_analysis c
        JOIN entity_member o ON o.analysis_id = c.analysis_id AND o.ad_id = OLD.ad_id
        JOIN entity_member m ON m.analysis_id = c.analysis_id AND m.closure = o.closure WHERE c.one = 1
        ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
        INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT OLD.ad_id, 1, OLD.last_at WHERE 1 = 1
        ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
        RETURN OLD;
    END IF;
    INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT NEW.ad_id, 1, NEW.last_at WHERE 1 = 1
    ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
    RETURN NEW;
END $$;
CREATE TRIGGER sighting_changed AFTER INSERT OR UPDATE ON sighting FOR EACH ROW EXECUTE FUNCTION note_sighting();
CREATE TRIGGER sighting_deleted BEFORE DELETE ON sighting FOR EACH ROW EXECUTE FUNCTION note_sighting();
CREATE FUNCTION note_reading() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT v.ad_id, 1, 0 FROM ad_version v WHERE v.id = OLD.version_id
        ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
        RETURN OLD;
    END IF;
    INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT v.ad_id, 1, 0 FROM ad_version v WHERE v.id = NEW.version_id
    ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
    RETURN NEW;
END $$;
CREATE TRIGGER reading_changed AFTER INSERT OR UPDATE ON reading FOR EACH ROW EXECUTE FUNCTION note_reading();
CREATE TRIGGER reading_deleted BEFORE DELETE ON reading FOR EACH ROW EXECUTE FUNCTION note_reading();
CREATE FUNCTION note_image_hash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT OLD.ad_id, 1, 0 WHERE 1 = 1
        ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
        RETURN OLD;
    END IF;
    INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT NEW.ad_id, 1, 0 WHERE 1 = 1
    ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
    RETURN NEW;
END $$;
CREATE TRIGGER image_hash_changed AFTER INSERT OR UPDATE ON image_hash FOR EACH ROW EXECUTE FUNCTION note_image_hash();
CREATE TRIGGER image_hash_deleted BEFORE DELETE ON image_hash FOR EACH ROW EXECUTE FUNCTION note_image_hash();
CREATE FUNCTION note_ad_absence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT OLD.ad_id, 1, greatest(OLD.gone_at, coalesce(OLD.back_at, 0)) WHERE 1 = 1
        ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
        RETURN OLD;
    END IF;
    INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT NEW.ad_id, 1, greatest(NEW.gone_at, coalesce(NEW.back_at, 0)) WHERE 1 = 1
    ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
    RETURN NEW;
END $$;
CREATE TRIGGER ad_absence_changed AFTER INSERT OR UPDATE ON ad_absence FOR EACH ROW EXECUTE FUNCTION note_ad_absence();
CREATE TRIGGER ad_absence_deleted BEFORE DELETE ON ad_absence FOR EACH ROW EXECUTE FUNCTION note_ad_absence();
CREATE FUNCTION note_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT OLD.a_ad, 1, greatest(OLD.at, coalesce(OLD.undone_at, 0)) WHERE 1 = 1
        ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
        INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT OLD.b_ad, 1, greatest(OLD.at, coalesce(OLD.undone_at, 0)) WHERE 1 = 1
        ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
        RETURN OLD;
    END IF;
    INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT NEW.a_ad, 1, greatest(NEW.at, coalesce(NEW.undone_at, 0)) WHERE 1 = 1
    ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
    INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT NEW.b_ad, 1, greatest(NEW.at, coalesce(NEW.undone_at, 0)) WHERE 1 = 1
    ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
    RETURN NEW;
END $$;
CREATE TRIGGER judgement_changed AFTER INSERT OR UPDATE ON judgement FOR EACH ROW EXECUTE FUNCTION note_judgement();
CREATE TRIGGER judgement_deleted BEFORE DELETE ON judgement FOR EACH ROW EXECUTE FUNCTION note_judgement();
CREATE FUNCTION note_contact_judgement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT DISTINCT m.ad_id, 1, greatest(OLD.at, coalesce(OLD.undone_at, 0)) FROM contact_mention m WHERE m.contact_id = OLD.contact_id
        ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
        RETURN OLD;
    END IF;
    INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT DISTINCT m.ad_id, 1, greatest(NEW.at, coalesce(NEW.undone_at, 0)) FROM contact_mention m WHERE m.contact_id = NEW.contact_id
    ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
    RETURN NEW;
END $$;
CREATE TRIGGER contact_judgement_changed AFTER INSERT OR UPDATE ON contact_judgement FOR EACH ROW EXECUTE FUNCTION note_contact_judgement();
CREATE TRIGGER contact_judgement_deleted BEFORE DELETE ON contact_judgement FOR EACH ROW EXECUTE FUNCTION note_contact_judgement();
CREATE FUNCTION note_ad() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changed_ad (ad_id, stamp, known_at) SELECT 0, 1, 0
    ON CONFLICT (ad_id) DO UPDATE SET stamp = changed_ad.stamp + 1, known_at = greatest(changed_ad.known_at, excluded.known_at);
    RETURN NULL;
END $$;
CREATE TRIGGER ad_deleted AFTER DELETE ON ad FOR EACH ROW EXECUTE FUNCTION note_ad();

-- How often the rows of an analysis were changed by a batch, whether they are parted into closures at all, and how many
-- ads and links there are.
ALTER TABLE analysis ADD COLUMN batch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE analysis ADD COLUMN parted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE analysis ADD COLUMN ads BIGINT NOT NULL DEFAULT 0;
ALTER TABLE analysis ADD COLUMN links BIGINT NOT NULL DEFAULT 0;

-- The closure of an ad, and a keyed number of the keys by which the index knows it.
ALTER TABLE entity_member ADD COLUMN closure BIGINT NOT NULL DEFAULT 0;
ALTER TABLE entity_member ADD COLUMN keys BIGINT NOT NULL DEFAULT 0;
CREATE INDEX entity_member_closure ON entity_member (analysis_id, closure);

-- The language under which the figures count an assessment, so that a batch can take it out again.
ALTER TABLE assessment ADD COLUMN language TEXT NOT NULL DEFAULT 'und';

-- The ads that show a damped contact: such a contact stands in many closures.
CREATE TABLE damped_ad (
    analysis_id BIGINT NOT NULL REFERENCES analysis (id),
    contact_id BIGINT NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    ad_id BIGINT NOT NULL REFERENCES ad (id) ON DELETE CASCADE,
    PRIMARY KEY (analysis_id, contact_id, ad_id)
);
CREATE INDEX damped_ad_ad ON damped_ad (analysis_id, ad_id);

-- The compact index of keys of texts, link targets, addresses and pictures.
CREATE TABLE key_chunk (
    analysis_id BIGINT NOT NULL REFERENCES analysis (id),
    number BIGINT NOT NULL,
    body_sealed BYTEA NOT NULL,
    retention TEXT NOT NULL,
    delete_after BIGINT,
    PRIMARY KEY (analysis_id, number)
);

-- Which cases were decided on an ad.
CREATE INDEX decision_ad_ad ON decision_ad (ad_id);

-- What was there before is analysed as a whole once.
INSERT INTO changed_ad (ad_id, stamp, known_at) VALUES (0, 1, 0);
