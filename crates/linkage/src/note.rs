//! What a link says of itself, in Danish and English, without any contact, name or text in it.

use crate::hub::Hub;
use domain::{Bilingual, ContactKind, ContactRole};

/// Both languages at once.
pub fn say(da: impl Into<String>, en: impl Into<String>) -> Bilingual {
    Bilingual { da: da.into(), en: en.into() }
}

/// A shared contact.
pub fn contact(kind: ContactKind, damped: bool, listed: bool) -> Bilingual {
    let (da, en) = match kind {
        ContactKind::Phone => ("Samme telefonnummer", "The same phone number"),
        ContactKind::Email => ("Samme e-mailadresse", "The same e-mail address"),
        ContactKind::Handle => ("Samme brugernavn", "The same handle"),
    };
    if damped {
        return say(
            format!("{da}, som er dæmpet: det binder ikke, før en person har sagt, hvad det er"),
            format!("{en}, which is damped: it joins nothing until a person has said what it is"),
        );
    }
    if listed {
        return say(
            format!("{da}, men den ene annonce nævner så mange, at den er en oversigt"),
            format!("{en}, but one of the ads lists so many that it is a directory page"),
        );
    }
    say(da, en)
}

/// A person's word on a pair.
pub fn judged(same: bool) -> Bilingual {
    if same {
        say("En person har sagt: det samme", "A person said: the same")
    } else {
        say("En person har sagt: ikke det samme", "A person said: not the same")
    }
}

/// Why a contact was damped.
pub fn damped(hub: &Hub, parameters: (usize, usize, usize)) -> Bilingual {
    let (least, least_towns, anywhere) = parameters;
    let (ads, groups, towns) = (hub.ads, hub.groups, hub.towns);
    let (da, en) = match hub.named {
        Some(ContactRole::Directory) => ("En person har sagt, at det er en oversigt. ", "A person said: a directory. "),
        Some(ContactRole::Agency) => ("En person har sagt, at det er et bureau. ", "A person said: an agency. "),
        _ => ("", ""),
    };
    say(
        format!(
            "{da}{ads} annoncer, som uden dette kontaktpunkt falder i {groups} grupper uden forbindelse, i {towns} kommuner \
             (dæmpes fra {least} grupper i {least_towns} kommuner, eller fra {anywhere} grupper)"
        ),
        format!(
            "{en}{ads} ads that without this contact fall into {groups} groups with no tie, in {towns} municipalities \
             (damped from {least} groups in {least_towns} municipalities, or from {anywhere} groups)"
        ),
    )
}

/// `a` of `b` as whole percent.
pub fn percent(share: f64) -> u32 {
    (share * 100.0).round().clamp(0.0, 100.0) as u32
}
