//! Why two ads are held to be one desk's, or not: every line that was added up.

use crate::desk::Desk;
use crate::levels::LevelName;
use crate::note::{self, say};
use crate::parameters::LinkParameters;
use crate::template::template;
use crate::tie::{TieKind, Weighed};
use domain::{AdRef, Bilingual, ContactKind, PairOutcome, PairSide, Waterfall, WaterfallSection, WaterfallStep};

/// Bits of a person's word: more than all else together.
pub const MANUAL_BITS: f64 = 40.0;

/// A contact that both sides show.
pub struct SharedContact {
    /// Its kind.
    pub kind: ContactKind,
    /// Damped: joins nothing.
    pub damped: bool,
    /// One of the ads lists so many that it joins nothing.
    pub listed: bool,
    /// The two ads.
    pub ads: (AdRef, AdRef),
}

/// What a waterfall is made of.
pub struct Sources<'s> {
    pub sides: [PairSide; 2],
    pub x: &'s Desk,
    pub y: &'s Desk,
    pub weighed: &'s Weighed,
    pub shared: Vec<SharedContact>,
    /// A person's last word on the pair: the same or not.
    pub judged: Option<bool>,
    pub same_advertiser: bool,
    pub same_network: bool,
    pub texts: Option<[&'s str; 2]>,
    pub parameters: &'s LinkParameters,
    pub name: &'s dyn Fn(u32) -> AdRef,
}

/// Adds up.
pub fn of(sources: Sources) -> Waterfall {
    let parameters = sources.parameters;
    let mut lines: Vec<(WaterfallSection, String, f64, Bilingual, Option<(AdRef, AdRef)>)> = Vec::new();
    let prior = say(
        "Udgangspunkt: så sjældent er to, der deler noget, samme annoncør",
        "Prior: how seldom two that share something are one desk",
    );
    lines.push((WaterfallSection::Prior, "prior".into(), parameters.prior_bits, prior, None));
    for shared in sources.shared {
        let level = LevelName::of_contact(shared.kind);
        let free = !shared.damped && !shared.listed;
        let bits = if free { parameters.bits(level) } else { 0.0 };
        let section = if free { WaterfallSection::For } else { WaterfallSection::Missing };
        let note = note::contact(shared.kind, shared.damped, shared.listed);
        lines.push((section, level.key().into(), bits, note, Some(shared.ads)));
    }
    for tie in &sources.weighed.ties {
        let key = match tie.kind {
            TieKind::Level(level) => level.key(),
            TieKind::Ceiling => "ceiling",
        };
        let section = if tie.bits < 0.0 { WaterfallSection::Against } else { WaterfallSection::For };
        let ads = tie.ads.map(|(a, b)| ((sources.name)(a), (sources.name)(b)));
        lines.push((section, key.into(), tie.bits, tie.note.clone(), ads));
    }
    if let Some(same) = sources.judged {
        let (section, bits) =
            if same { (WaterfallSection::For, MANUAL_BITS) } else { (WaterfallSection::Against, -MANUAL_BITS) };
        lines.push((section, "manual".into(), bits, note::judged(same), None));
    }
    for (key, note) in missing(sources.x, sources.y) {
        lines.push((WaterfallSection::Missing, key.into(), 0.0, note, None));
    }
    lines.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.abs().total_cmp(&a.2.abs())));
    let mut sum = 0.0;
    let steps: Vec<WaterfallStep> = lines
        .into_iter()
        .map(|(section, key, bits, note, ads)| {
            sum += bits;
            WaterfallStep { section, key, bits, sum, note, ads }
        })
        .collect();
    let enough = sources.weighed.bits >= parameters.network_bits;
    let two_kinds = sources.weighed.has_two_kinds();
    let outcome = match () {
        () if sources.judged == Some(false) => PairOutcome::JudgedApart,
        () if sources.same_advertiser => PairOutcome::OneAdvertiser,
        () if sources.same_network && enough && two_kinds => PairOutcome::OneNetwork,
        () if sources.same_network => PairOutcome::OneNetworkThroughOthers,
        () if !enough => PairOutcome::TooFewBits,
        () if !two_kinds => PairOutcome::OneKind,
        () => PairOutcome::CutElsewhere,
    };
    Waterfall {
        sides: sources.sides,
        steps,
        bits: sum,
        threshold: parameters.network_bits,
        kinds: sources.weighed.kinds(),
        outcome,
        template: sources.texts.and_then(|texts| template(&texts)),
    }
}

/// What could not be compared, since one side or both show none.
fn missing(x: &Desk, y: &Desk) -> Vec<(&'static str, Bilingual)> {
    let of = |key: &'static str, da: &str, en: &str, has: [bool; 2]| {
        let (side_da, side_en) = match has {
            [true, true] => return None,
            [false, false] => ("begge", "both sides"),
            [false, true] => ("den ene", "one side"),
            [true, false] => ("den anden", "the other side"),
        };
        Some((key, say(format!("{da} mangler hos {side_da}"), format!("{en} missing on {side_en}"))))
    };
    [
        of("contact", "Kontaktpunkt", "Contact", [x.has_contact, y.has_contact]),
        of("text", "Tekst", "Text", [!x.texts.is_empty(), !y.texts.is_empty()]),
        of("image", "Billede", "Picture", [!x.pictures.is_empty(), !y.pictures.is_empty()]),
        of("premises", "Adresse", "Address", [!x.addresses.is_empty(), !y.addresses.is_empty()]),
        of("name", "Navn", "Name", [!x.names.is_empty(), !y.names.is_empty()]),
        of("age", "Alder", "Age", [!x.ages.is_empty(), !y.ages.is_empty()]),
        of("town", "Kommune", "Municipality", [!x.towns.is_empty(), !y.towns.is_empty()]),
        of("prices", "Priser", "Prices", [!x.prices.is_empty(), !y.prices.is_empty()]),
        of("language", "Sprog", "Language", [!x.languages.is_empty(), !y.languages.is_empty()]),
        of("move", "Skift mellem byer", "Moves between towns", [x.moves.len() >= 2, y.moves.len() >= 2]),
    ]
    .into_iter()
    .flatten()
    .collect()
}
