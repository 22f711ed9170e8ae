//! A line as the worker sees it: how to reach somebody, with which words, and what can be recorded.

use super::Choice;
use super::line::Shown;
use crate::errors::WebError;
use crate::forms::new_token;
use crate::page::Page;
use crate::settings::Team;
use crate::{AppState, gate};
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
    /// Makes a second send of the form harmless.
    pub key: String,
    /// Ways to choose from.
    pub channels: Vec<Choice>,
    /// Outcomes, a button each.
    pub outcomes: Vec<Choice>,
    /// Methods on trial.
    pub methods: Vec<Choice>,
}

/// A contact in clear.
pub struct ContactView {
    /// As people read it.
    pub shown: String,
    /// `sms:` address with the prepared words.
    pub sms: Option<String>,
    /// `tel:` or `mailto:` address.
    pub call: Option<String>,
}

/// Puts the parts of an approach together. Where somebody else may hold the phone, the text reveals nothing.
pub fn approach(
    state: &AppState,
    page: &Page,
    team: &Team,
    line: &ListLine,
    answer: &gate::Answer,
    shown: &Shown<'_>,
) -> Result<Approach, WebError> {
    let (t, channel, third_party) = (page.t, answer.channel, answer.third_party_possible);
    let wanted = shown.text.map(String::as_str);
    let prepared = prepared(state, team, line, third_party, wanted);
    let (text, text_lang, text_version) = match &prepared {
        Some((text, words)) => (Some(words.clone()), text.language.clone(), text.version_name()),
        None => (None, String::new(), String::new()),
    };
    let advised = channel.as_str();
    let chosen = shown.posted.or("channel", if advised == "none" { "call" } else { advised });
    let method = shown.posted.text("method");
    let sent_key = Some(shown.posted.text("key")).filter(|key| key.len() == 32);
    let now_in = prepared.as_ref().map_or("", |(text, _)| text.language.as_str());
    let others = (usable(state, team, line).iter())
        .filter(|text| text.reveals_nothing || !third_party)
        .map(|text| text.language.clone())
        .filter(|language| language != now_in)
        .collect::<BTreeSet<_>>();
    let known = [outreach::Channel::Sms, outreach::Channel::Call, outreach::Channel::Visit];
    let outcomes = store::Outcome::ALL.iter().map(|o| (o.as_str(), t.of(&gate::outcome(*o).label()).to_owned()));
    Ok(Approach {
        draft: prepared.as_ref().is_some_and(|(text, _)| text.draft),
        others: (others.into_iter())
            .map(|code| (format!("/line/{}?text={code}", line.id), page.language(&code)))
            .collect(),
        until: line
            .claim
            .as_ref()
            .map_or_else(String::new, |claim| page.v("line-yours", "time", page.clock(&claim.until))),
        contacts: line.contacts.iter().map(|(_, contact)| contact_view(contact, text.as_deref())).collect(),
        sms_first: channel == outreach::Channel::Sms,
        call_first: channel == outreach::Channel::Call,
        phone_is_safe: !third_party,
        text_length: text.as_deref().map_or_else(String::new, |text| t.n("sms-parts", sms_length(text).parts as i64)),
        text,
        text_lang,
        text_version,
        key: match sent_key {
            Some(key) => key,
            None => new_token()?,
        },
        channels: known.iter().map(|c| Choice::new(c.as_str(), t.of(&c.label()), &chosen)).collect(),
        outcomes: std::iter::once(("", t.t("outcome-awaited")))
            .chain(outcomes)
            .map(|(v, w)| Choice::new(v, w, "-"))
            .collect(),
        methods: state.settings.methods.iter().map(|m| Choice::new(&m.code, t.of(&m.name), &method)).collect(),
    })
}

/// What the variables of a prepared text stand for here.
fn values<'a>(state: &'a AppState, team: &'a Team, line: &'a ListLine) -> BTreeMap<&'static str, &'a str> {
    let place = state.settings.municipality(&line.line.municipality_code);
    let hotline = state.settings.hotline.as_str();
    [("team", team.name.as_str()), ("phone", &team.phone), ("place", place), ("hotline", hotline)]
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
        },
        ContactKind::Email => ContactView {
            shown: contact.value.clone(),
            sms: None,
            call: Some(format!("mailto:{}", percent(&contact.value).replace("%40", "@"))),
        },
        ContactKind::Handle => ContactView { shown: contact.value.replacen(':', ": ", 1), sms: None, call: None },
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

/// The contact that was used: by its place on the page, else the first.
pub fn used_contact(line: &ListLine, place: Option<i64>) -> Option<&(ContactRef, Contact)> {
    let place = place.and_then(|place| usize::try_from(place).ok()).unwrap_or(0);
    line.contacts.get(place).or(line.contacts.first())
}

/// An earlier attempt. Of another team's nothing is told but that somebody was approached, by whom and when.
pub fn history(state: &AppState, page: &Page, own: &Team, attempt: &AttemptRow) -> String {
    let t = page.t;
    let time = page.short_time(&attempt.at);
    if attempt.team != own.id && attempt.cared_by() != &own.id {
        let team = state.settings.team(&attempt.team).map_or(attempt.team.0.clone(), |team| team.name.clone());
        return t.vs("approached-by-team", &[("team", team), ("time", time)]);
    }
    let outcome = attempt
        .outcome
        .map_or_else(|| t.t("outcome-awaited"), |outcome| t.of(&gate::outcome(outcome).label()).to_owned());
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
    }
}
