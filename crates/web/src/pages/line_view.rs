//! A line as the worker sees it: how to reach somebody, with which words, and what can be recorded.

use super::Choice;
use super::line::Shown;
use super::what_came::{More, WhatCame, form_key, outcomes};
use crate::errors::WebError;
use crate::page::Page;
use crate::settings::Team;
use crate::{AppState, Language, gate};
use domain::{Contact, ContactKind};
use outreach::text::{PreparedText, choose, sms_length};
use std::collections::{BTreeMap, BTreeSet};
use store::{AttemptRow, ContactRef, ListLine};

/// How to reach somebody; shown only to the worker who holds the claim while the gate is open.
pub struct Approach {
    /// Until when the line is theirs.
    pub until: String,
    /// Contacts, best first.
    pub contacts: Vec<ContactView>,
    /// A message is advised.
    pub sms_first: bool,
    /// A call is advised.
    pub call_first: bool,
    /// Nobody else is likely to read a message or take the call. Else the ways stand behind a step of their own.
    pub phone_is_safe: bool,
    /// The prepared words.
    pub text: Option<String>,
    /// Their language.
    pub text_lang: String,
    /// Their length.
    pub text_length: String,
    /// Nobody who grew up with the language has read the words.
    pub draft: bool,
    /// Further languages that there is a text in: address and name.
    pub others: Vec<(String, String)>,
    /// Name and version of the text.
    pub text_version: String,
    /// The language that the worker chose for the text; empty for the line's.
    pub text_wanted: String,
    /// Address of the page on data and objections, and `sms:` address with it; where the phone is safe and it is known.
    pub data_page: Option<(String, Option<String>)>,
}

/// A contact in clear.
pub struct ContactView {
    /// As people read it.
    pub shown: String,
    /// `sms:` address with the prepared words.
    pub sms: Option<String>,
    /// `tel:` address.
    pub call: Option<String>,
    /// `mailto:` address with the prepared words.
    pub mail: Option<String>,
}

/// Puts the parts of an approach together. Where somebody else may hold the phone, the text reveals nothing.
pub fn approach(
    state: &AppState,
    page: &Page,
    team: &Team,
    line: &ListLine,
    (channel, third_party): (outreach::Channel, bool),
    shown: &Shown<'_>,
) -> Approach {
    let (t, wanted) = (page.t, shown.text.map(String::as_str));
    let prepared = prepared(state, team, line, third_party, wanted);
    let (text, text_lang, text_version) = match &prepared {
        Some((text, words)) => (Some(words.clone()), text.language.clone(), text.version_name()),
        None => (None, String::new(), String::new()),
    };
    let now_in = prepared.as_ref().map_or("", |(text, _)| text.language.as_str());
    let others = (usable(state, team, line).iter())
        .filter(|text| text.reveals_nothing || !third_party)
        .map(|text| text.language.clone())
        .filter(|language| language != now_in)
        .collect::<BTreeSet<_>>();
    Approach {
        draft: prepared.as_ref().is_some_and(|(text, _)| text.draft),
        others: (others.into_iter())
            .map(|code| (format!("/line/{}?text={code}", line.id), page.language(&code)))
            .collect(),
        until: line
            .claim
            .as_ref()
            .map_or_else(String::new, |claim| page.v("line-yours", "time", page.clock(&claim.until))),
        contacts: line.contacts.iter().map(|(_, contact)| contact_view(contact, text.as_deref())).collect(),
        data_page: data_page(state, line).filter(|_| !third_party),
        text_wanted: wanted.unwrap_or_default().to_owned(),
        sms_first: channel == outreach::Channel::Sms,
        call_first: channel == outreach::Channel::Call,
        phone_is_safe: !third_party,
        text_length: text.as_deref().map_or_else(String::new, |text| t.n("sms-parts", sms_length(text).parts as i64)),
        text,
        text_lang,
        text_version,
    }
}

/// The form of an attempt on a line. `advised`: the way that is chosen beforehand; where no way is safe none is, and the
/// worker says which it was. `drawn`: the method is, so that none is chosen here.
pub fn record(
    state: &AppState,
    t: Language,
    line: &ListLine,
    approach: &Approach,
    (advised, drawn): (outreach::Channel, bool),
    more: More,
) -> Result<WhatCame, WebError> {
    let advised = Some(advised.as_str()).filter(|way| *way != "none").unwrap_or_default();
    let (chosen, method, contact) = (more.f.or("channel", advised), more.f.text("method"), more.f.text("contact"));
    let seen = line.attempts.iter().map(|attempt| attempt.id.0).max().unwrap_or(0);
    let methods = state.settings.methods.iter().filter(|_| !drawn);
    let several = approach.contacts.iter().enumerate().filter(|_| approach.contacts.len() > 1);
    Ok(WhatCame {
        action: format!("/line/{}/attempt", line.id),
        hidden: vec![
            ("key", form_key(&more.f)?),
            ("seen", seen.to_string()),
            ("text_version", approach.text_version.clone()),
            ("text", approach.text_wanted.clone()),
        ],
        channels: ways(line).iter().map(|c| Choice::new(c.as_str(), t.of(&c.label()), &chosen)).collect(),
        outcomes: outcomes(t, true),
        methods: methods.map(|m| Choice::new(&m.code, t.of(&m.name), &method)).collect(),
        contacts: several.map(|(place, c)| Choice::new(place.to_string(), &c.shown, &contact)).collect(),
        more: Some(more),
        minor: None,
    })
}

/// The ways that the line's contacts allow.
fn ways(line: &ListLine) -> Vec<outreach::Channel> {
    use outreach::Channel::{App, Call, Mail, Sms, Visit};
    let has = |kind: ContactKind| line.contacts.iter().any(|(_, contact)| contact.kind == kind);
    [(Sms, has(ContactKind::Phone)), (Call, has(ContactKind::Phone)), (Visit, true)]
        .into_iter()
        .chain([(Mail, has(ContactKind::Email)), (App, has(ContactKind::Handle))])
        .filter(|(_, there)| *there)
        .map(|(way, _)| way)
        .collect()
}

/// The page on data and objections in the line's language, where the world can reach one.
fn data_page(state: &AppState, line: &ListLine) -> Option<(String, Option<String>)> {
    let (page, language) = (&state.settings.public_page, line.line.language.as_str());
    if page.is_empty() {
        return None;
    }
    let known = state.settings.public_texts.iter().any(|text| text.language == language);
    let address = if known { format!("{page}?lang={language}") } else { page.clone() };
    let phone = line.contacts.iter().find(|(_, contact)| contact.kind == ContactKind::Phone);
    let sms = phone.map(|(_, contact)| format!("sms:{}?body={}", contact.value, percent(&address)));
    Some((address, sms))
}

/// What the variables of a prepared text stand for here.
fn values<'a>(state: &'a AppState, team: &'a Team, line: &'a ListLine) -> BTreeMap<&'static str, &'a str> {
    let place = state.settings.municipality(&line.line.municipality_code);
    let hotline = state.settings.hotline.as_str();
    let page = state.settings.public_page.as_str();
    [("team", team.name.as_str()), ("phone", &team.phone), ("place", place), ("hotline", hotline), ("page", page)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// The texts that can be filled. One that asks for what the team has not given is no choice: nobody is sent a gap.
fn usable(state: &AppState, team: &Team, line: &ListLine) -> Vec<PreparedText> {
    let values = values(state, team, line);
    let filled = |text: &PreparedText| {
        outreach::text::VARIABLES
            .iter()
            .all(|name| values.contains_key(name) || !text.body.contains(&format!("{{{name}}}")))
    };
    state.settings.outreach.prepared_texts().into_iter().filter(filled).collect()
}

/// The prepared text that fits, with its variables filled: in the language that the worker wants, else in the line's.
pub fn prepared(
    state: &AppState,
    team: &Team,
    line: &ListLine,
    third_party: bool,
    wanted: Option<&str>,
) -> Option<(PreparedText, String)> {
    let texts = usable(state, team, line);
    let languages: Vec<String> = wanted.map(str::to_owned).into_iter().chain([line.line.language.clone()]).collect();
    let text = choose(&texts, &languages, third_party)?;
    let words = text.fill(&values(state, team, line)).ok()?;
    Some((text.clone(), words))
}

fn contact_view(contact: &Contact, text: Option<&str>) -> ContactView {
    match contact.kind {
        ContactKind::Phone => ContactView {
            shown: spaced(&contact.value),
            sms: Some(match text {
                Some(text) => format!("sms:{}?body={}", contact.value, percent(text)),
                None => format!("sms:{}", contact.value),
            }),
            call: Some(format!("tel:{}", contact.value)),
            mail: None,
        },
        ContactKind::Email => ContactView {
            shown: contact.value.clone(),
            sms: None,
            call: None,
            mail: Some({
                let to = percent(&contact.value).replace("%40", "@");
                text.map_or_else(|| format!("mailto:{to}"), |text| format!("mailto:{to}?body={}", percent(text)))
            }),
        },
        ContactKind::Handle => {
            ContactView { shown: contact.value.replacen(':', ": ", 1), sms: None, call: None, mail: None }
        }
    }
}

/// A Danish number as people write it: `+45 34 00 00 50`.
pub fn spaced(e164: &str) -> String {
    match e164.strip_prefix("+45").filter(|rest| rest.len() == 8 && rest.is_ascii()) {
        Some(rest) => format!("+45 {} {} {} {}", &rest[..2], &rest[2..4], &rest[4..6], &rest[6..]),
        None => e164.to_owned(),
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The contact that was used: by its place on the page where the worker named one, else the first that the way goes to. An
/// objection is kept for it, so that one by mail is not kept for the phone.
pub fn used_contact(
    contacts: &[(ContactRef, Contact)],
    place: Option<i64>,
    channel: store::Channel,
) -> Option<&(ContactRef, Contact)> {
    let kind = match channel {
        store::Channel::Sms | store::Channel::Call => Some(ContactKind::Phone),
        store::Channel::Mail => Some(ContactKind::Email),
        store::Channel::App => Some(ContactKind::Handle),
        store::Channel::Visit | store::Channel::None => None,
    };
    let named = place.and_then(|place| usize::try_from(place).ok()).and_then(|place| contacts.get(place));
    let by_way = || contacts.iter().find(|(_, contact)| Some(contact.kind) == kind);
    named.or_else(by_way).or(contacts.first())
}

/// What came of an attempt, or that it is waited for.
pub fn outcome_words(t: Language, outcome: Option<store::Outcome>) -> String {
    outcome.map_or_else(|| t.t("outcome-awaited"), |outcome| t.of(&gate::outcome(outcome).label()).to_owned())
}

/// An earlier attempt. Of another team's nothing is told but that somebody was approached, by whom and when.
pub fn history(state: &AppState, page: &Page, own: &Team, attempt: &AttemptRow) -> String {
    let t = page.t;
    let time = page.short_time(&attempt.at);
    if attempt.team != own.id && attempt.cared_by() != &own.id {
        let team = state.settings.team(&attempt.team).map_or(attempt.team.0.clone(), |team| team.name.clone());
        return t.vs("approached-by-team", &[("team", team), ("time", time)]);
    }
    let outcome = outcome_words(t, attempt.outcome);
    let channel = t.of(&gate::channel(attempt.channel).label()).to_owned();
    t.vs(
        "approached-by-name",
        &[("name", attempt.by.clone()), ("time", time), ("channel", channel), ("outcome", outcome)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_for_the_phone_carry_the_words_safely() {
        let contact = Contact { kind: ContactKind::Phone, value: "+4534000050".into() };
        let view = contact_view(&contact, Some("Hej & velkommen?"));
        assert_eq!(view.shown, "+45 34 00 00 50");
        assert_eq!(view.sms.as_deref(), Some("sms:+4534000050?body=Hej%20%26%20velkommen%3F"));
        assert_eq!(view.call.as_deref(), Some("tel:+4534000050"));
        assert_eq!(percent("æ"), "%C3%A6");
        let mail = contact_view(&Contact { kind: ContactKind::Email, value: "a+b@example.dk".into() }, Some("Hej du"));
        assert_eq!(mail.mail.as_deref(), Some("mailto:a%2Bb@example.dk?body=Hej%20du"));
        assert_eq!((mail.call, mail.sms), (None, None), "nobody rings an e-mail address");
    }

    #[test]
    fn the_contact_kept_is_the_one_that_the_way_goes_to() {
        let contact = |row, kind, value: &str| (ContactRef(row), Contact { kind, value: value.into() });
        let all = [
            contact(1, ContactKind::Phone, "+4534000050"),
            contact(2, ContactKind::Email, "a@example.dk"),
            contact(3, ContactKind::Handle, "telegram:anna"),
        ];
        let used = |place, channel| used_contact(&all, place, channel).map(|(row, _)| row.0);
        assert_eq!(used(None, store::Channel::Call), Some(1));
        assert_eq!(used(None, store::Channel::Mail), Some(2));
        assert_eq!(used(None, store::Channel::App), Some(3));
        assert_eq!(used(Some(0), store::Channel::Mail), Some(1), "what the worker named");
        assert_eq!(used_contact(&[], None, store::Channel::Call), None);
    }
}
