//! How often each way in which two sets of ads can compare is seen among ads of one desk (m) and of two (u).
//!
//! Source of the model: Fellegi and Sunter 1969, "A Theory for Record Linkage". A level's weight is log2(m / u) bits.

use domain::ContactKind;
use serde::{Deserialize, Serialize};

/// Ways in which two sides can compare, one for each line of a waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelName {
    /// The same phone.
    Phone,
    /// The same e-mail address.
    Email,
    /// The same handle.
    Handle,
    /// The same link target.
    Url,
    /// The same picture.
    Image,
    /// A second, other picture in two other ads: one copied ad explains only the first.
    SecondImage,
    /// A persona (name and age) beyond the first that both advertise.
    SecondPersona,
    /// A near-identical text.
    Text,
    /// A second, other text in two other ads.
    SecondText,
    /// A template whose other parts differ.
    Template,
    /// The same street address.
    Premises,
    /// A move between the same two towns at the same time; one line for all of them.
    Move,
    /// One contact stops where the other begins.
    Succession,
    /// One side shows no contact that could contradict.
    NoContact,
    /// A persona name in common.
    NameSame,
    /// Both name personas, none in common.
    NameOther,
    /// An age in common, beside a name.
    AgeSame,
    /// The same name, but ages that cannot be one person's.
    AgeOther,
    /// A municipality in common.
    TownSame,
    /// Half of the price list in common.
    PricesSame,
    /// Both have prices, none in common.
    PricesOther,
    /// No language in common.
    LanguageOther,
    /// One name in different towns at the same hours.
    Elsewhere,
    /// Alike in habits of writing.
    Style,
    /// The same unusual string of symbols.
    Symbol,
}

/// One level. Between ads of one desk it is seen with chance `m`, between ads of two with chance `u`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Chance among pairs of one desk, above 0 and at most 1.
    pub m: f64,
    /// Chance among pairs of two desks, above 0 and at most 1.
    pub u: f64,
    /// Most bits, for or against, whatever the data say: set by hand, since whoever copies an ad can make a level occur
    /// as often as he likes.
    pub most: f64,
}

impl Level {
    /// Its weight.
    pub fn bits(self) -> f64 {
        let most = self.most.abs();
        let bits = (self.m / self.u).log2();
        if bits.is_nan() { 0.0 } else { bits.clamp(-most, most) }
    }
}

impl LevelName {
    /// Every level with its value by hand, in the order of the configuration file. m and u are of one kind: the share of
    /// pairs that show the level. Where both are small their ratio counts, not their size.
    pub const ALL: [(LevelName, Level); 25] = {
        use LevelName::*;
        const fn level(m: f64, u: f64, most: f64) -> Level {
            Level { m, u, most }
        }
        [
            (Phone, level(0.95, 0.00023, 12.0)),
            (Email, level(0.95, 0.00023, 12.0)),
            (Handle, level(0.9, 0.00087, 10.0)),
            (Url, level(0.2, 0.00019, 10.0)),
            (Image, level(0.5, 0.00097, 9.0)),
            (SecondImage, level(0.3, 0.0093, 5.0)),
            (SecondPersona, level(0.4, 0.025, 4.0)),
            (Text, level(0.6, 0.0023, 8.0)),
            (SecondText, level(0.4, 0.025, 4.0)),
            (Template, level(0.25, 0.0078, 5.0)),
            (Premises, level(0.2, 0.05, 2.0)),
            (Move, level(0.8, 0.1, 3.0)),
            (Succession, level(0.4, 0.025, 4.0)),
            (NoContact, level(0.2, 0.05, 2.0)),
            (NameSame, level(0.5, 0.02, 3.0)),
            (NameOther, level(0.45, 0.9, 2.0)),
            (AgeSame, level(0.5, 0.25, 2.0)),
            (AgeOther, level(0.25, 0.5, 2.0)),
            (TownSame, level(0.7, 0.1, 2.0)),
            (PricesSame, level(0.5, 0.25, 2.0)),
            (PricesOther, level(0.5, 0.7, 2.0)),
            (LanguageOther, level(0.1, 0.4, 3.0)),
            (Elsewhere, level(0.05, 0.2, 3.0)),
            (Style, level(0.4, 0.2, 1.0)),
            (Symbol, level(0.2, 0.1, 1.0)),
        ]
    };

    /// Its value by hand.
    pub fn by_hand(self) -> Level {
        // ALL stands in the order of the enum; a test holds it.
        Self::ALL[self as usize].1
    }
    /// A shared contact of a kind.
    pub fn of_contact(kind: ContactKind) -> Self {
        match kind {
            ContactKind::Phone => LevelName::Phone,
            ContactKind::Email => LevelName::Email,
            ContactKind::Handle => LevelName::Handle,
        }
    }
    /// As in the configuration file.
    pub fn key(self) -> &'static str {
        use LevelName::*;
        match self {
            Phone => "phone",
            Email => "email",
            Handle => "handle",
            Url => "url",
            Image => "image",
            SecondImage => "second_image",
            SecondPersona => "second_persona",
            Text => "text",
            SecondText => "second_text",
            Template => "template",
            Premises => "premises",
            Move => "move",
            Succession => "succession",
            NoContact => "no_contact",
            NameSame => "name_same",
            NameOther => "name_other",
            AgeSame => "age_same",
            AgeOther => "age_other",
            TownSame => "town_same",
            PricesSame => "prices_same",
            PricesOther => "prices_other",
            LanguageOther => "language_other",
            Elsewhere => "elsewhere",
            Style => "style",
            Symbol => "symbol",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_stand_in_their_order_and_are_named_as_in_the_file() {
        for (at, (name, level)) in LevelName::ALL.into_iter().enumerate() {
            assert_eq!(name as usize, at);
            assert_eq!(serde_json_name(name), name.key());
            assert!(level.bits().abs() <= level.most && level.m <= 1.0 && level.u <= 1.0);
        }
        assert_eq!(LevelName::Move.by_hand().bits(), 3.0);
        assert_eq!(Level { m: 0.5, u: 0.0, most: 9.0 }.bits(), 9.0, "never seen among others: the ceiling");
        assert_eq!(Level { m: 0.0, u: 0.0, most: 9.0 }.bits(), 0.0);
    }

    fn serde_json_name(name: LevelName) -> String {
        let table = toml::Table::try_from(std::collections::BTreeMap::from([("x", name)])).unwrap();
        table["x"].as_str().unwrap().to_owned()
    }
}
