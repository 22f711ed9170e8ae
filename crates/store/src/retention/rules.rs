//! The clocks and, for each table, which of its rows are due. One text serves the count and the deletion.

use super::classes::{DAY_MS, Retention};
use jiff::Timestamp;

/// What a clock is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Archived pages and what the crawl noted of addresses.
    Pages,
    /// Ads: text, readings, sightings, links.
    Ads,
    /// Contacts: in ads whose advertiser was long not seen, and those that no kept ad shows any more.
    Contacts,
    /// Hashes of pictures.
    Images,
    /// Cases, decisions, judgements.
    Cases,
    /// Lists, claims, attempts.
    Ledger,
    /// What was done and looked at, in words.
    Audit,
    /// Left-overs of analyses, counts of looks.
    Derived,
    /// Approaches in the register that programmes share.
    Common,
}

impl Kind {
    /// All of them, in the order in which they are deleted.
    pub const ALL: [Kind; 9] = [
        Kind::Pages,
        Kind::Ads,
        Kind::Contacts,
        Kind::Images,
        Kind::Cases,
        Kind::Ledger,
        Kind::Audit,
        Kind::Derived,
        Kind::Common,
    ];

    /// As written: `pages`, `ads`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Pages => "pages",
            Kind::Ads => "ads",
            Kind::Contacts => "contacts",
            Kind::Images => "images",
            Kind::Cases => "cases",
            Kind::Ledger => "ledger",
            Kind::Audit => "audit",
            Kind::Derived => "derived",
            Kind::Common => "common",
        }
    }
}

/// The clocks of the configuration, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// Archived pages, after they were fetched.
    pub pages_days: u32,
    /// Ads, after their advertiser was last seen.
    pub ads_days: u32,
    /// Contacts, links and street addresses of ads, after their advertiser was last seen; with the ad at the latest.
    pub contacts_days: u32,
    /// Hashes of pictures, after they were made.
    pub images_days: u32,
    /// Cases, decisions, judgements.
    pub cases_days: u32,
    /// Lists, claims, attempts.
    pub ledger_days: u32,
    /// Payloads of events and audit rows.
    pub audit_days: u32,
}

impl Clocks {
    /// Days of a kind. Contacts go with the last ad that shows them at the latest.
    pub fn days(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Pages => self.pages_days,
            Kind::Ads => self.ads_days,
            Kind::Contacts => self.contacts_days.min(self.ads_days),
            Kind::Images => self.images_days,
            Kind::Cases => self.cases_days,
            Kind::Ledger => self.ledger_days,
            Kind::Audit => self.audit_days,
            Kind::Derived => 90,
            Kind::Common => u32::try_from(super::classes::COMMON_DAYS).unwrap_or(u32::MAX),
        }
    }

    /// The greatest `delete_after` that is due at `now`: rows were written by the class's own clock, and the configured
    /// one moves that.
    pub(super) fn cutoff(&self, kind: Kind, now: Timestamp) -> i64 {
        let class = match kind {
            Kind::Pages => Retention::Page,
            Kind::Ads | Kind::Contacts | Kind::Images => Retention::Ad,
            Kind::Cases => Retention::Case,
            Kind::Ledger => Retention::Ledger,
            Kind::Audit => Retention::Audit,
            Kind::Derived => Retention::Analysis,
            Kind::Common => Retention::Common,
        };
        let own = class.days().unwrap_or_default();
        now.as_millisecond() - (i64::from(self.days(kind)) - own) * DAY_MS
    }
}

/// Rows of a table that are due.
pub(super) struct Rule {
    pub kind: Kind,
    pub table: &'static str,
    /// What is due: `$1` is the kind's cutoff, `$2` (where it occurs) that of ads.
    pub due: &'static str,
    /// A column by which a batch is picked; none where the rows of a day are few.
    pub key: Option<&'static str>,
    /// To be done first for the rows of a batch: `{due}` stands for their condition.
    pub before: Option<&'static str>,
}

macro_rules! not_held {
    ($column:literal) => {
        concat!(" AND NOT EXISTS (SELECT 1 FROM held_ad h WHERE h.ad_id = ", $column, ")")
    };
}

/// An ad is due when it and every other ad of its advertiser are: so an advertiser that still shows ads keeps its id,
/// its case and its history, and goes as a whole.
pub(super) const AD_DUE: &str = concat!(
    "ad.delete_after <= $1",
    not_held!("ad.id"),
    " AND NOT EXISTS (SELECT 1 FROM current_analysis c JOIN entity_member m ON m.analysis_id = c.analysis_id \
     AND m.ad_id = ad.id JOIN entity_member o ON o.analysis_id = c.analysis_id AND o.advertiser = m.advertiser \
     JOIN ad b ON b.id = o.ad_id WHERE b.delete_after > $1 OR EXISTS (SELECT 1 FROM held_ad h WHERE h.ad_id = b.id))"
);

/// A case whose subject is still analysed goes on changing and is no history yet.
macro_rules! case_due {
    () => {
        concat!(
            "case_file.delete_after <= $1 AND case_file.urgent = 0",
            not_held!("case_file.anchor_ad"),
            " AND NOT EXISTS (SELECT 1 FROM legal_hold g WHERE g.case_id = case_file.id AND g.released_at IS NULL) \
             AND NOT EXISTS (SELECT 1 FROM current_analysis c JOIN entity e ON e.analysis_id = c.analysis_id \
             WHERE e.id = case_file.subject)"
        )
    };
}

/// A note on a case stays and goes with it, whatever its own age; others have the case's clock from when they were written.
const NOTE_DUE: &str = concat!(
    "(item_note.item_kind <> 'case' AND item_note.delete_after <= $1 AND NOT EXISTS (SELECT 1 FROM held_ad h \
     WHERE item_note.item_kind = 'ad' AND CAST(h.ad_id AS TEXT) = item_note.item)) \
     OR (item_note.item_kind = 'case' AND NOT EXISTS (SELECT 1 FROM case_file WHERE case_file.id = item_note.item \
     AND NOT (",
    case_due!(),
    ")))"
);

pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: Kind::Pages,
        table: "frontier",
        due: concat!(
            "frontier.delete_after <= $1 AND frontier.run_id IN (SELECT id FROM run WHERE ended_at IS NOT NULL)",
            not_held!("frontier.ad_id")
        ),
        key: Some("id"),
        before: None,
    },
    Rule {
        kind: Kind::Pages,
        table: "page_capture",
        due: concat!("page_capture.delete_after <= $1", not_held!("page_capture.ad_id")),
        key: Some("id"),
        before: None,
    },
    Rule { kind: Kind::Pages, table: "listing_page", due: "listing_page.delete_after <= $1", key: None, before: None },
    Rule {
        kind: Kind::Pages,
        table: "page",
        due: "page.delete_after <= $1 AND NOT EXISTS (SELECT 1 FROM page_capture c WHERE c.page_id = page.id \
              AND (c.delete_after > $1 OR EXISTS (SELECT 1 FROM held_ad h WHERE h.ad_id = c.ad_id))) \
              AND NOT EXISTS (SELECT 1 FROM listing_page l WHERE l.page_id = page.id AND l.delete_after > $1)",
        key: Some("id"),
        before: None,
    },
    Rule {
        kind: Kind::Images,
        table: "image_hash",
        due: concat!("image_hash.delete_after <= $1", not_held!("image_hash.ad_id")),
        key: None,
        before: None,
    },
    Rule {
        kind: Kind::Cases,
        table: "case_file",
        due: case_due!(),
        key: Some("id"),
        before: Some("UPDATE list_line SET case_id = NULL WHERE case_id IN (SELECT id FROM case_file WHERE {due})"),
    },
    Rule { kind: Kind::Cases, table: "item_note", due: NOTE_DUE, key: Some("id"), before: None },
    Rule {
        kind: Kind::Cases,
        table: "judgement",
        due: concat!("judgement.delete_after <= $1", not_held!("judgement.a_ad"), not_held!("judgement.b_ad")),
        key: Some("id"),
        before: None,
    },
    Rule {
        kind: Kind::Cases,
        table: "contact_judgement",
        due: "contact_judgement.delete_after <= $1",
        key: Some("id"),
        before: None,
    },
    Rule {
        kind: Kind::Cases,
        table: "legal_hold",
        due: "legal_hold.delete_after <= $1 AND legal_hold.released_at IS NOT NULL",
        key: Some("id"),
        before: None,
    },
    Rule {
        kind: Kind::Cases,
        table: "subject_check",
        due: "subject_check.delete_after <= $1",
        key: Some("id"),
        before: None,
    },
    // The newest text of each file stays: it is what is in force.
    Rule {
        kind: Kind::Cases,
        table: "config_version",
        due: "config_version.delete_after <= $1 AND EXISTS (SELECT 1 FROM config_version n \
              WHERE n.file = config_version.file AND n.id > config_version.id)",
        key: Some("id"),
        before: None,
    },
    Rule {
        kind: Kind::Ledger,
        table: "attempt",
        due: concat!("attempt.delete_after <= $1", not_held!("attempt.anchor_ad")),
        key: Some("id"),
        before: None,
    },
    Rule {
        kind: Kind::Ledger,
        table: "outreach_list",
        due: "outreach_list.delete_after <= $1 AND NOT EXISTS (SELECT 1 FROM list_line l JOIN held_ad h \
              ON h.ad_id = l.anchor_ad WHERE l.list_id = outreach_list.id)",
        key: Some("id"),
        before: Some(
            "UPDATE attempt SET line_id = NULL WHERE line_id IN (SELECT id FROM list_line WHERE list_id IN \
             (SELECT id FROM outreach_list WHERE {due}))",
        ),
    },
    Rule {
        kind: Kind::Ledger,
        table: "outreach_claim",
        due: "outreach_claim.delete_after <= $1",
        key: None,
        before: None,
    },
    // A form goes with its own clock; a place with all its acts, whose clock each act on it renews.
    Rule {
        kind: Kind::Ledger,
        table: "form_record",
        due: "form_record.delete_after <= $1",
        key: Some("id"),
        before: None,
    },
    Rule {
        kind: Kind::Ledger,
        table: "visit_plan",
        due: "visit_plan.delete_after <= $1",
        key: Some("id"),
        before: None,
    },
    Rule { kind: Kind::Ledger, table: "place_act", due: "place_act.delete_after <= $1", key: Some("id"), before: None },
    Rule {
        kind: Kind::Cases,
        table: "common_referral",
        due: "common_referral.delete_after <= $1",
        key: Some("id"),
        before: None,
    },
    Rule {
        kind: Kind::Common,
        table: "common_approach",
        due: "common_approach.delete_after <= $1",
        key: None,
        before: None,
    },
    Rule { kind: Kind::Common, table: "common_hold", due: "common_hold.delete_after <= $1", key: None, before: None },
    Rule { kind: Kind::Derived, table: "look_count", due: "look_count.delete_after <= $1", key: None, before: None },
    Rule { kind: Kind::Derived, table: "entity", due: LEFT_OVER, key: None, before: None },
    Rule { kind: Kind::Derived, table: "entity_member", due: LEFT_OVER, key: None, before: None },
    Rule { kind: Kind::Derived, table: "link", due: LEFT_OVER, key: None, before: None },
    Rule { kind: Kind::Derived, table: "assessment", due: LEFT_OVER, key: None, before: None },
    Rule { kind: Kind::Derived, table: "assessment_indicator", due: LEFT_OVER, key: None, before: None },
    Rule {
        kind: Kind::Derived,
        table: "shadow_subject",
        due: "shadow_subject.delete_after <= $1 AND NOT EXISTS (SELECT 1 FROM current_analysis c JOIN shadow s \
              ON s.analysis_id = c.analysis_id WHERE s.version = shadow_subject.version)",
        key: None,
        before: None,
    },
];

const LEFT_OVER: &str = "delete_after <= $1 AND analysis_id NOT IN (SELECT analysis_id FROM current_analysis)";

/// Versions that stay without their contacts: of ads that are due by the clock of contacts (`$1`) and not by that of ads
/// (`$2`), by which they would go as a whole.
pub(super) fn version_without_contacts_due() -> String {
    let by_ads = AD_DUE.replace("$1", "$2");
    format!(
        "ad_version.contacts_gone_at IS NULL AND ad_version.ad_id IN (SELECT ad.id FROM ad WHERE {AD_DUE} AND NOT ({by_ads}))"
    )
}

/// Contacts that no ad shows whose contacts stay. `$1` is the cutoff of contacts.
pub(super) const CONTACT_DUE: &str = "contact.delete_after IS NOT NULL AND NOT EXISTS (SELECT 1 FROM contact_mention m \
     WHERE m.contact_id = contact.id AND m.ad_id NOT IN (SELECT ad.id FROM ad WHERE {ad_due}))";
