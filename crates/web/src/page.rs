//! What every page has around its content.

use crate::access::{Visit, Who};
use crate::{AppState, Language, assets, format};
use domain::{Bilingual, Grade};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashMap;
use store::PersonRole;

/// What every page has around its content.
pub struct Page {
    /// Words of the page.
    pub t: Language,
    /// Title, also the first heading.
    pub title: String,
    /// Programme's name, beside ours.
    pub programme: String,
    /// A line above every page.
    pub banner: Option<String>,
    /// Who is signed in: name and role.
    pub signed_in: Option<(String, String)>,
    /// Main menu.
    pub menu: Vec<MenuItem>,
    /// Way back up: address and words.
    pub crumbs: Vec<(String, String)>,
    /// Token of the forms, empty without a session.
    pub form_token: String,
    /// This page, to come back to after a change of language.
    pub here: String,
    /// What was just done.
    pub done: Option<String>,
    /// The case that it was done to: address and words.
    pub last: Option<(String, String)>,
    /// Shortcuts with what they do, for whoever has them.
    pub shortcuts: Vec<(&'static str, String)>,
    /// The Danish day of the installation.
    pub today: Date,
}

/// The shortcuts of a researcher's pages, with what each does. `assets/keys.js` is the other side of it.
const SHORTCUTS: [(&str, &str); 16] = [
    ("j ↓", "key-down"),
    ("k ↑", "key-up"),
    ("o ↵", "key-open"),
    ("n", "key-next"),
    ("1–6", "key-decide"),
    ("1–9", "key-reason"),
    ("↵", "key-save"),
    ("Esc", "key-start-over"),
    ("s", "key-skip"),
    ("b", "key-back"),
    ("u", "key-undo"),
    ("q", "key-queue"),
    ("w", "key-words"),
    ("h", "key-hide"),
    ("/", "key-search"),
    ("?", "key-help"),
];

/// An entry of the main menu.
pub struct MenuItem {
    /// Where it leads.
    pub href: &'static str,
    /// Its words.
    pub words: String,
    /// We are there.
    pub current: bool,
}

/// A number as templates pass it: by value or by reference.
pub trait Count {
    /// As a signed number; what does not fit is the greatest.
    fn count(self) -> i64;
}

macro_rules! count {
    ($($number:ty),*) => {$(
        impl Count for $number {
            fn count(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        }
        impl Count for &$number {
            fn count(self) -> i64 {
                (*self).count()
            }
        }
    )*};
}
count!(i64, u64, u32, usize);

impl Page {
    /// A page that needs no session.
    pub fn public(state: &AppState, visit: &Visit, title: String) -> Self {
        let t = visit.language;
        Self {
            t,
            title,
            programme: t.of(&state.settings.programme_name).to_owned(),
            banner: state.settings.notice.as_ref().map(|notice| t.of(notice).to_owned()),
            signed_in: None,
            menu: Vec::new(),
            crumbs: Vec::new(),
            form_token: String::new(),
            here: visit.path.clone(),
            done: None,
            last: None,
            shortcuts: Vec::new(),
            today: format::day_of(state.now()),
        }
    }

    /// A page of somebody who is signed in.
    pub fn of(state: &AppState, visit: &Visit, who: &Who, title: String) -> Self {
        let t = visit.language;
        let visits = state.settings.places.is_some();
        let mut entries: Vec<(&'static str, String)> = match who.role() {
            PersonRole::OutreachWorker if visits => vec![
                ("/visits", t.t("menu-visits")),
                ("/places", t.t("menu-places")),
                ("/called", t.t("menu-called")),
                ("/contact", t.t("menu-contact")),
            ],
            PersonRole::Researcher if visits && !state.settings.watches => {
                vec![("/history", t.t("menu-history")), ("/objections", t.t("menu-objections"))]
            }
            PersonRole::Researcher => vec![
                ("/queue", t.t("menu-queue")),
                ("/search", t.t("menu-search")),
                ("/second", t.t("menu-second")),
                ("/history", t.t("menu-history")),
                ("/shared-numbers", t.t("menu-shared")),
                ("/try", t.t("menu-try")),
                ("/findings", t.t("menu-findings")),
                ("/drift", t.t("menu-drift")),
                ("/what-if", t.t("menu-what-if")),
                ("/objections", t.t("menu-objections")),
                ("/indicators", t.t("menu-indicators")),
            ],
            PersonRole::OutreachWorker => vec![
                ("/today", t.t("menu-today")),
                ("/follow-ups", t.t("menu-follow-ups")),
                ("/called", t.t("menu-called")),
                ("/indicators", t.t("menu-indicators")),
                ("/contact", t.t("menu-contact")),
            ],
            PersonRole::Administrator => vec![
                ("/sites", t.t("menu-sites")),
                ("/people", t.t("menu-people")),
                ("/objections", t.t("menu-objections")),
                ("/audit", t.t("menu-audit")),
                ("/what-if", t.t("menu-what-if")),
                ("/retention", t.t("menu-retention")),
                ("/settings", t.t("menu-settings")),
                ("/indicators", t.t("menu-indicators")),
            ],
            PersonRole::Auditor => vec![("/audit", t.t("menu-audit")), ("/indicators", t.t("menu-indicators"))],
        };
        if visits && who.role() == PersonRole::Researcher {
            let places = [("/places", t.t("menu-places")), ("/coverage", t.t("menu-coverage"))];
            // Where there are no ads, the day begins with places.
            let at = if state.settings.watches { entries.len() } else { 0 };
            entries.splice(at..at, places);
        }
        if who.account.details.urgent_contact {
            // Second: what a day begins with stays first.
            entries.insert(1, ("/urgent", t.t("menu-urgent")));
        }
        let shortcuts = match who.role() {
            PersonRole::Researcher => SHORTCUTS.map(|(keys, key)| (keys, t.t(key))).to_vec(),
            _ => Vec::new(),
        };
        let is_here = |href: &str| {
            visit.path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        let menu = entries
            .iter()
            .map(|(href, words)| MenuItem { href, words: words.clone(), current: is_here(href) })
            .collect();
        let role = t.t(&format!("role-{}", who.role().as_str()));
        Self {
            signed_in: Some((who.account.details.name.clone(), role)),
            menu,
            shortcuts,
            form_token: who.form_token.clone(),
            ..Self::public(state, visit, title)
        }
    }

    /// An answer to a form stands where its form stood: in the menu, and after a change of language.
    pub fn at(mut self, href: &'static str) -> Self {
        self.here = href.to_owned();
        self.menu.iter_mut().for_each(|item| item.current = item.href == href);
        self
    }

    /// Belongs to an entry of the menu, whatever its own address; an answer to a form comes back there.
    pub fn within(mut self, href: &'static str) -> Self {
        if self.here == "/" {
            self.here = href.to_owned();
        }
        self.menu.iter_mut().for_each(|item| item.current = item.href == href);
        self
    }

    /// With a way back.
    pub fn under(mut self, href: impl Into<String>, words: String) -> Self {
        self.crumbs.push((href.into(), words));
        self
    }

    /// With a line on what was just done, by the word in the address; unknown words say nothing.
    pub fn with_done(mut self, word: Option<&String>) -> Self {
        const KNOWN: [&str; 71] = [
            "incoming-set",
            "adopted",
            "dropped",
            "handed-over",
            "handover-accepted",
            "handover-declined",
            "handover-undone",
            "copied",
            "outcome",
            "password-changed",
            "session-ended",
            "sessions-ended",
            "person-changed",
            "person-closed",
            "person-opened",
            "settings-saved",
            "settings-returned",
            "hold-placed",
            "hold-released",
            "follow-up",
            "referral",
            "urgent-answered",
            "decided-last",
            "urgent-closed",
            "urgent-reported",
            "skipped",
            "skipped-last",
            "unskipped",
            "none-left",
            "view-saved",
            "view-deleted",
            "second-agrees",
            "second-third",
            "second-changed",
            "second-before",
            "second-given-back",
            "none-second",
            "objection-decided",
            "objection-undone",
            "objection-withdrawn",
            "judged",
            "judged-soon",
            "judged-before",
            "judgement-undone",
            "judgement-undone-soon",
            "named",
            "named-soon",
            "decided",
            "undone",
            "taken",
            "given-back",
            "claimed",
            "released",
            "attempt",
            "attempt-again",
            "attempt-undone",
            "paused",
            "stopped",
            "resumed",
            "noted",
            "place-added",
            "place-acted",
            "place-undone",
            "place-visited",
            "place-before",
            "plan-drawn",
            "form-declined",
            "form-saved",
            "form-ended",
            "form-dropped",
            "form-withdrawn",
        ];
        self.done = word.filter(|word| KNOWN.contains(&word.as_str())).map(|word| self.t.t(&format!("done-{word}")));
        self
    }

    /// With a way back to the case that was read before, by its id in the address.
    pub fn with_last(mut self, query: &HashMap<String, String>) -> Self {
        let id = query.get("last").filter(|id| {
            id.starts_with("case_")
                && id.len() <= 80
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
        });
        self.last = id.map(|id| (format!("/case/{id}"), self.t.t("last-case")));
        self
    }

    /// Address of the shortcuts' script.
    pub fn keys(&self) -> String {
        assets::keys()
    }
    /// Address of the script that keeps what was typed.
    pub fn keep(&self) -> String {
        assets::keep()
    }
    /// Address of the stylesheet.
    pub fn style(&self) -> String {
        assets::style()
    }
    /// Address of the icon.
    pub fn icon(&self) -> String {
        assets::icon()
    }
    /// The text of a key.
    pub fn t(&self, key: &str) -> String {
        self.t.t(key)
    }
    /// The text of a key with a number.
    pub fn n(&self, key: &str, count: impl Count) -> String {
        self.t.n(key, count.count())
    }
    /// The text of a key with one value.
    pub fn v(&self, key: &str, name: &'static str, value: impl ToString) -> String {
        self.t.v(key, name, value)
    }
    /// A day in words.
    pub fn date(&self, day: &Date) -> String {
        format::date(self.t, *day)
    }
    /// A time in words.
    pub fn time(&self, at: &Timestamp) -> String {
        format::time(self.t, *at)
    }
    /// A time for tables.
    pub fn short_time(&self, at: &Timestamp) -> String {
        format::short_time(self.t, *at)
    }
    /// A time's day for tables.
    pub fn short_date(&self, at: &Timestamp) -> String {
        format::short_date(self.t, format::day_of(*at))
    }
    /// A time's day, `today` and `yesterday` in words.
    pub fn near(&self, at: &Timestamp) -> String {
        format::day_near(self.t, format::day_of(*at), self.today)
    }
    /// A time of the day.
    pub fn clock(&self, at: &Timestamp) -> String {
        format::clock(self.t, *at)
    }
    /// A number.
    pub fn whole(&self, number: impl Count) -> String {
        format::whole(self.t, number.count())
    }
    /// A number with at most one decimal.
    pub fn decimal(&self, number: &f64) -> String {
        format::decimal(self.t, *number)
    }
    /// The side of a sentence in this language.
    pub fn of_both<'a>(&self, sentence: &'a Bilingual) -> &'a str {
        self.t.of(sentence)
    }
    /// A language's name.
    pub fn language(&self, code: &str) -> String {
        self.t.language_name(code)
    }
    /// What a grade means.
    pub fn grade(&self, grade: &Grade) -> String {
        self.t.t(match grade {
            Grade::A => "grade-a",
            Grade::BPlus => "grade-b-plus",
            Grade::B => "grade-b",
            Grade::C => "grade-c",
            Grade::D => "grade-d",
        })
    }
}
