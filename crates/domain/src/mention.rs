//! What is found in a text. Values are normalised; each mention points to where it stands in the original.

use crate::span::Span;
use serde::{Deserialize, Serialize};

/// Everything read in one ad version. Order: by field as in [`crate::ReadAd::texts`], then by start.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Languages, the dominant one first.
    pub languages: Vec<LanguageGuess>,
    /// Phone numbers.
    pub phones: Vec<Phone>,
    /// Prices.
    pub prices: Vec<Price>,
    /// Stated ages.
    pub ages: Vec<Age>,
    /// Names of persons (personas).
    pub names: Vec<Name>,
    /// Places.
    pub places: Vec<Place>,
    /// E-mail addresses.
    pub emails: Vec<Email>,
    /// Links.
    pub urls: Vec<UrlMention>,
    /// Street addresses.
    pub addresses: Vec<Address>,
    /// Handles of messaging services.
    pub handles: Vec<Handle>,
}

/// A language in which the ad, or part of it, is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LanguageGuess {
    /// ISO 639-1 code, `da`.
    pub code: String,
    /// 0 to 1.
    pub confidence: f64,
}

/// A phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// E.164, `+4534000050`.
    pub e164: String,
    /// Where.
    pub span: Span,
    /// Written so as to hide it (words, look-alikes, odd separators) by the writer.
    pub obscured: bool,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// In whole units of the currency.
    pub amount: u32,
    /// ISO 4217, `DKK`.
    pub currency: String,
    /// For how long, in minutes, where the text says so.
    pub minutes: Option<u32>,
    /// Where.
    pub span: Span,
}

/// A stated age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Age {
    /// Years; the lower end of a range.
    pub years: u32,
    /// Where.
    pub span: Span,
}

/// A person's name as used in the ad.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// Base form, `Anna` also for `Annas`.
    pub name: String,
    /// Where.
    pub span: Span,
}

/// A place in Denmark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Four digits, `0751`; `None` where the place is ambiguous.
    pub municipality_code: Option<String>,
    /// The codes it could be, where it is ambiguous; else empty.
    pub candidates: Vec<String>,
    /// The place's usual name, `Aarhus C`.
    pub place: String,
    /// Four digits, where the text gives one or the place has just one.
    pub postal_code: Option<String>,
    /// Where.
    pub span: Span,
}

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// In lower case.
    pub address: String,
    /// Where.
    pub span: Span,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlMention {
    /// Normal form: scheme, host in lower case, path.
    pub url: String,
    /// Where.
    pub span: Span,
}

/// A street address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street and number in normal form, lower case, `vestergade 12`.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A handle of a messaging service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle {
    /// `telegram`, `whatsapp`, `snapchat`, `instagram`, `signal`, `kik`, `wechat`, `line`, `viber`, …
    pub service: String,
    /// Without `@`, in lower case.
    pub handle: String,
    /// Where.
    pub span: Span,
}

/// Kind of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    /// A phone number in E.164.
    Phone,
    /// An e-mail address.
    Email,
    /// `service:handle`.
    Handle,
}

/// A normalised phone, e-mail or handle. In clear only in memory: the store keeps it sealed and finds it by a keyed
/// hash. `Debug` hides the value, so that it cannot reach a log.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Contact {
    /// Phone, e-mail or handle.
    pub kind: ContactKind,
    /// `+4534000050`, `anna@example.dk`, `telegram:anna`.
    pub value: String,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contact({:?}, …)", self.kind)
    }
}

impl Reading {
    /// The contacts in order of first mention, each once.
    pub fn contacts(&self) -> Vec<Contact> {
        let phones = self.phones.iter().map(|p| Contact { kind: ContactKind::Phone, value: p.e164.clone() });
        let emails = self.emails.iter().map(|e| Contact { kind: ContactKind::Email, value: e.address.clone() });
        let handles = self
            .handles
            .iter()
            .map(|h| Contact { kind: ContactKind::Handle, value: format!("{}:{}", h.service, h.handle) });
        let mut contacts: Vec<Contact> = Vec::new();
        for contact in phones.chain(emails).chain(handles) {
            if !contacts.contains(&contact) {
                contacts.push(contact);
            }
        }
        contacts
    }
}
