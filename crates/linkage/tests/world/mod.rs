//! Made-up worlds with known operators, for measuring. Shares no code with the crate beside `domain`'s types.

use domain::{
    AdFacts, AdRef, Contact, ContactKind, DaySighting, Image, LanguageGuess, Linkage, PdqHash, PlaceFact, VersionFacts,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// A small generator (SplitMix64), so that worlds are the same everywhere.
pub struct Draw(pub u64);

impl Draw {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
    pub fn chance(&mut self, share: f64) -> bool {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64 <= share
    }
}

const NAMES: [&str; 48] = [
    "anna", "maria", "sofie", "emma", "lina", "nora", "clara", "julie", "mia", "lea", "ida", "freja", "karla", "laura",
    "sara", "eva", "nina", "tina", "lisa", "bella", "alma", "olga", "vera", "zoe", "amy", "jana", "mila", "dina",
    "rosa", "elsa", "tara", "kira", "luna", "nadia", "petra", "ronja", "selma", "thea", "ulla", "vita", "wilma",
    "yrsa", "agnes", "berta", "dora", "ellen", "frida", "gerda",
];
const TOWNS: [&str; 14] =
    ["0101", "0751", "0461", "0851", "0561", "0621", "0607", "0730", "0740", "0630", "0265", "0370", "0217", "0657"];
/// Towns are not equally large: most ads stand in few of them.
const TOWN_WEIGHT: [usize; 14] = [30, 14, 9, 9, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3];

/// What one ad is made of.
#[derive(Clone)]
pub struct Draft {
    pub phone: Option<u32>,
    pub other_contacts: Vec<Contact>,
    pub name: usize,
    pub age: u32,
    pub town: usize,
    pub price: u32,
    pub text: Vec<String>,
    pub language: &'static str,
    pub images: Vec<PdqHash>,
    pub address: Option<String>,
    pub url: Option<String>,
    /// Hours from the start.
    pub from: i64,
    pub until: i64,
}

pub struct World {
    pub draw: Draw,
    pub ads: Vec<AdFacts>,
    /// Operator by ad.
    pub truth: BTreeMap<AdRef, u32>,
    /// Kind by operator.
    pub kinds: Vec<&'static str>,
    sentences: Vec<Vec<String>>,
    next_phone: u32,
    pub days: i64,
}

pub fn start() -> Timestamp {
    "2026-08-31T22:00:00Z".parse().unwrap()
}

impl World {
    /// `sentences` in the common pool: the fewer, the more unrelated writers say the same.
    pub fn new(seed: u64, sentences: usize, days: i64) -> Self {
        let mut draw = Draw(seed);
        let sentences = (0..sentences)
            .map(|_| {
                let words = 6 + draw.below(6);
                (0..words).map(|_| format!("ord{}", (draw.below(30) * draw.below(30)) % 700)).collect()
            })
            .collect();
        let ads = Vec::new();
        Self { draw, ads, truth: BTreeMap::new(), kinds: vec![], sentences, next_phone: 34_000_000, days }
    }

    pub fn operator(&mut self, kind: &'static str) -> u32 {
        self.kinds.push(kind);
        self.kinds.len() as u32 - 1
    }
    pub fn phone(&mut self) -> u32 {
        self.next_phone += 7;
        self.next_phone
    }
    pub fn picture(&mut self) -> PdqHash {
        PdqHash(std::array::from_fn(|_| self.draw.next() as u8))
    }
    /// The same picture, compressed otherwise: a few bits differ.
    pub fn again(&mut self, picture: PdqHash) -> PdqHash {
        let mut again = picture;
        for _ in 0..self.draw.below(24) {
            let bit = self.draw.below(256);
            again.0[bit / 8] ^= 1 << (bit % 8);
        }
        again
    }
    pub fn town(&mut self) -> usize {
        let mut at = self.draw.below(TOWN_WEIGHT.iter().sum());
        TOWN_WEIGHT.iter().position(|weight| at.checked_sub(*weight).map(|rest| at = rest).is_none()).unwrap()
    }
    pub fn name(&mut self) -> usize {
        self.draw.below(NAMES.len())
    }
    /// A text of so many sentences.
    pub fn text(&mut self, sentences: usize) -> Vec<String> {
        let mut words: Vec<String> = ["<name>", "<age>", "i", "<place>"].map(String::from).to_vec();
        for _ in 0..sentences {
            let one = self.draw.below(self.sentences.len());
            words.extend(self.sentences[one].clone());
        }
        words.extend(["ring", "<phone>"].map(String::from));
        words
    }
    /// The text with a share of its words changed, dropped or added.
    pub fn edit(&mut self, text: &[String], share: f64) -> Vec<String> {
        let mut edited = Vec::new();
        for word in text {
            if self.draw.chance(share) {
                match self.draw.below(3) {
                    0 => {}
                    1 => edited.push(format!("nyt{}", self.draw.below(300))),
                    _ => edited.extend([word.clone(), format!("nyt{}", self.draw.below(300))]),
                }
            } else {
                edited.push(word.clone());
            }
        }
        edited
    }
    pub fn draft(&mut self) -> Draft {
        let sentences = 5 + self.draw.below(5);
        Draft {
            phone: Some(self.phone()),
            other_contacts: vec![],
            name: self.name(),
            age: 21 + self.draw.below(25) as u32,
            town: self.town(),
            price: (8 + self.draw.below(10) as u32) * 100,
            text: self.text(sentences),
            language: if self.draw.chance(0.7) { "da" } else { "en" },
            images: vec![],
            address: None,
            url: None,
            from: 0,
            until: 24,
        }
    }

    /// Puts an ad up. Its id tells nothing of its operator.
    pub fn post(&mut self, operator: u32, draft: &Draft) -> AdRef {
        let id = format!("{:06}", self.draw.next() % 1_000_000);
        let site = ["s1", "s2", "s3"][self.draw.below(3)];
        let ad = AdRef::new(site, format!("{id}{}", self.ads.len()));
        let at = |hours: i64| start() + SignedDuration::from_hours(hours);
        let until = draft.until.max(draft.from + 1).min(self.days * 24 + 48);
        let (first, last) = (at(draft.from), at(until.max(draft.from + 1)));
        let phone = draft.phone.map(|number| Contact { kind: ContactKind::Phone, value: format!("+45{number}") });
        let place = PlaceFact { municipality_code: TOWNS[draft.town].into(), place: format!("by {}", draft.town) };
        let version = VersionFacts {
            version: 1,
            first_seen: first,
            last_seen: last,
            contacts: phone.into_iter().chain(draft.other_contacts.iter().cloned()).collect(),
            urls: draft.url.iter().cloned().collect(),
            addresses: draft.address.iter().cloned().collect(),
            names: vec![NAMES[draft.name].into()],
            ages: vec![draft.age],
            places: vec![place],
            prices: [(30, 6), (60, 10)]
                .map(|(m, tenth)| (draft.price * tenth / 10, "DKK".to_owned(), Some(m)))
                .to_vec(),
            languages: vec![LanguageGuess { code: draft.language.into(), confidence: 0.9 }],
            images: draft
                .images
                .iter()
                .map(|pdq| Image { source: "b.png".into(), pdq: Some(*pdq), quality: 90 })
                .collect(),
            skeleton: draft.text.join(" "),
            habits: vec![],
            symbols: vec![],
            firings: vec![],
        };
        let day = (draft.from..=until.max(draft.from))
            .step_by(24)
            .map(|hour| DaySighting {
                day: at(hour).to_zoned_datetime(jiff::tz::TimeZone::UTC).date(),
                first: at(hour),
                last: at(hour),
                count: 1,
                hours: 1,
            })
            .collect();
        self.ads.push(AdFacts {
            ad: ad.clone(),
            first_seen: first,
            last_seen: last,
            gone_at: None,
            versions: vec![version],
            sightings: day,
        });
        self.truth.insert(ad.clone(), operator);
        ad
    }

    fn span(&mut self, from: i64, longest_days: i64) -> (i64, i64) {
        let until = from + 24 + self.draw.below((longest_days * 24) as usize) as i64;
        (from, until)
    }

    /// One person; tours, changes number, writes two languages or posts on two sites now and then.
    pub fn independent(&mut self) -> u32 {
        let operator = self.operator("independent");
        let mut draft = self.draft();
        for _ in 0..self.draw.below(4) {
            let picture = self.picture();
            draft.images.push(picture);
        }
        let pattern = self.draw.below(20);
        let mut hour = self.draw.below(24 * 10) as i64;
        let ads = 1 + self.draw.below(5);
        let second_text = self.text(6);
        for at in 0..ads {
            let mut one = draft.clone();
            (one.from, one.until) = self.span(hour, 9);
            hour = one.until + self.draw.below(24 * 4) as i64;
            match pattern {
                0..=2 => one.town = self.town(),
                3..=4 if at % 2 == 1 => (one.text, one.language) = (second_text.clone(), "en"),
                5 if at > 0 => {
                    // A new number for good, with the old text, picture and name.
                    if at == 1 {
                        draft.phone = Some(self.phone());
                    }
                    one.phone = draft.phone;
                }
                _ => {}
            }
            one.text = self.edit(&one.text, 0.04);
            one.images = one.images.into_iter().map(|picture| self.again(picture)).collect();
            if hour < self.days * 24 || at == 0 {
                self.post(operator, &one);
            }
        }
        operator
    }

    /// Two or three persons who share a flat and its address, not a manager; sometimes one helps with the words.
    pub fn flatmates(&mut self) -> Vec<u32> {
        let address = Some(format!("vej {} 12", self.draw.below(100_000)));
        let (town, room) = (self.town(), self.picture());
        let shared_room = self.draw.chance(0.2);
        let helped = self.draw.chance(0.15);
        let text = self.text(7);
        let count = 2 + self.draw.below(2);
        (0..count)
            .map(|_| {
                let operator = self.operator("flatmate");
                let mut draft = self.draft();
                (draft.town, draft.address) = (town, address.clone());
                let own = self.picture();
                draft.images = if shared_room { vec![own, room] } else { vec![own] };
                if helped {
                    draft.text = self.edit(&text, 0.3);
                }
                for _ in 0..1 + self.draw.below(3) {
                    let from = self.draw.below(24 * self.days as usize - 24) as i64;
                    let mut one = draft.clone();
                    (one.from, one.until) = self.span(from, 7);
                    one.text = self.edit(&one.text, 0.04);
                    self.post(operator, &one);
                }
                operator
            })
            .collect()
    }

    /// A clinic: up to a dozen persons on one number, each with a text of her own.
    pub fn clinic(&mut self) -> u32 {
        let operator = self.operator("clinic");
        let base = self.draft();
        for _ in 0..2 + self.draw.below(11) {
            let mut one = self.draft();
            (one.phone, one.town, one.price) = (base.phone, base.town, base.price);
            one.address = Some(format!("gade {operator}"));
            for _ in 0..1 + self.draw.below(3) {
                let from = self.draw.below(24 * self.days as usize - 24) as i64;
                (one.from, one.until) = self.span(from, 9);
                self.post(operator, &one);
            }
        }
        operator
    }

    /// A desk with several numbers on one circuit, a day behind each other, with two templates.
    pub fn circuit(&mut self, numbers: usize) -> u32 {
        let operator = self.operator("network");
        let templates = [self.text(6), self.text(6)];
        let phones: Vec<u32> = (0..numbers).map(|_| self.phone()).collect();
        let pictures: Vec<PdqHash> = (0..4).map(|_| self.picture()).collect();
        let towns: Vec<usize> = (0..5).map(|_| self.town()).collect();
        let price = self.draft().price;
        for stop in 0..(self.days / 4) as usize {
            for (at, phone) in phones.iter().enumerate() {
                let mut one = self.draft();
                (one.phone, one.price, one.town, one.language) = (Some(*phone), price, towns[stop % 5], "en");
                (one.from, one.until) = (stop as i64 * 96 + at as i64 * 22, stop as i64 * 96 + at as i64 * 22 + 60);
                one.text = self.edit(&templates[(stop + at) % 2], 0.05);
                one.images = vec![pictures[(stop + 2 * at) % 4]];
                self.post(operator, &one);
            }
        }
        operator
    }

    /// A desk whose pictures pass from name to name and number to number.
    pub fn passed_pictures(&mut self, numbers: usize) -> u32 {
        let operator = self.operator("network");
        let templates = [self.text(6), self.text(6)];
        let phones: Vec<u32> = (0..numbers).map(|_| self.phone()).collect();
        let pictures: Vec<PdqHash> = (0..5).map(|_| self.picture()).collect();
        for at in 0..10 + 3 * numbers {
            let mut one = self.draft();
            one.phone = Some(phones[at % numbers]);
            let from = self.draw.below(24 * self.days as usize - 24) as i64;
            (one.from, one.until) = self.span(from, 3);
            let template = self.draw.below(2);
            one.text = self.edit(&templates[template], 0.08);
            one.images = vec![self.again(pictures[(at + at / numbers) % 5])];
            self.post(operator, &one);
        }
        operator
    }

    /// One persona whose number changes every so often, with edits.
    pub fn rotation(&mut self, numbers: usize, edits: f64) -> u32 {
        let operator = self.operator("network");
        let base = Draft { images: vec![self.picture()], ..self.draft() };
        let ads = 4 * numbers;
        let step = self.days * 24 / ads as i64;
        let mut phone = 0;
        for at in 0..ads {
            if at % 4 == 0 {
                phone = self.phone();
            }
            let mut one = base.clone();
            (one.phone, one.town) = (Some(phone), if at % 3 == 0 { self.town() } else { base.town });
            (one.from, one.until) = (at as i64 * step, at as i64 * step + step * 8 / 10);
            one.text = self.edit(&base.text, edits);
            one.images = vec![self.again(base.images[0])];
            self.post(operator, &one);
        }
        operator
    }

    /// A template that desks who do not know each other use, with their own numbers and pictures.
    pub fn template_users(&mut self, desks: usize) {
        let template = self.text(7);
        for _ in 0..desks {
            let operator = self.operator("independent");
            let mut one = self.draft();
            one.text = self.edit(&template, 0.06);
            one.images = vec![self.picture()];
            let from = self.draw.below(24 * self.days as usize - 24) as i64;
            (one.from, one.until) = self.span(from, 9);
            self.post(operator, &one);
        }
    }

    /// Independents who use one picture from the same place.
    pub fn stock_picture_users(&mut self, desks: usize) {
        let picture = self.picture();
        for _ in 0..desks {
            let operator = self.operator("independent");
            let mut one = self.draft();
            one.images = vec![picture, self.picture()];
            let from = self.draw.below(24 * self.days as usize - 24) as i64;
            (one.from, one.until) = self.span(from, 9);
            self.post(operator, &one);
        }
    }

    /// A directory's number in the ads of people who have one of their own.
    pub fn directory(&mut self, users: usize) -> u32 {
        let number = self.phone();
        let contact = Contact { kind: ContactKind::Phone, value: format!("+45{number}") };
        for _ in 0..users {
            let operator = self.operator("independent");
            let mut one = Draft { other_contacts: vec![contact.clone()], ..self.draft() };
            one.images = vec![self.picture()];
            let from = self.draw.below(24 * self.days as usize - 24) as i64;
            (one.from, one.until) = self.span(from, 9);
            self.post(operator, &one);
        }
        number
    }

    /// A fraud: stock text, pictures taken from others, numbers thrown away.
    pub fn scam(&mut self, stolen: &[PdqHash]) -> u32 {
        let operator = self.operator("scam");
        let text = self.text(5);
        let phone = self.phone();
        for picture in stolen {
            let mut one = self.draft();
            (one.phone, one.images) = (Some(phone), vec![self.again(*picture)]);
            one.text = self.edit(&text, 0.03);
            let from = self.draw.below(24 * self.days as usize - 24) as i64;
            (one.from, one.until) = self.span(from, 4);
            self.post(operator, &one);
        }
        operator
    }

    /// A bit of everything over sixty days.
    pub fn mixed(seed: u64, sentences: usize, independents: usize) -> Self {
        let mut world = Self::new(seed, sentences, 60);
        for _ in 0..independents {
            world.independent();
        }
        for _ in 0..independents / 15 {
            world.flatmates();
        }
        for _ in 0..independents / 12 {
            world.clinic();
        }
        for at in 0..independents / 25 {
            match at % 4 {
                0 => world.circuit(2 + at % 3),
                1 => world.passed_pictures(2 + at % 4),
                2 => world.rotation(3 + at % 3, 0.05),
                _ => world.rotation(3, 0.15),
            };
        }
        world.template_users(12);
        world.template_users(30);
        world.stock_picture_users(8);
        world.directory(25);
        let stolen: Vec<PdqHash> =
            world.ads.iter().filter_map(|ad| ad.versions[0].images.first()?.pdq).step_by(37).take(12).collect();
        let (some, others) = stolen.split_at(stolen.len() / 2);
        world.scam(some);
        world.scam(others);
        world
    }

    /// Figures of the partition into networks.
    pub fn measure(&self, linkage: &Linkage) -> Figures {
        let mut found = BTreeMap::new();
        for network in &linkage.networks {
            for ad in &network.ads {
                assert!(found.insert(ad.clone(), &network.id).is_none(), "an ad in two networks");
            }
        }
        assert_eq!(found.len(), self.ads.len(), "every ad is in a network");
        let pairs = |count: usize| (count * count.saturating_sub(1) / 2) as f64;
        let mut by_truth: BTreeMap<u32, usize> = BTreeMap::new();
        let mut by_found: BTreeMap<&str, usize> = BTreeMap::new();
        let mut by_both: BTreeMap<(u32, &str), usize> = BTreeMap::new();
        for (ad, operator) in &self.truth {
            let network = found[ad].as_str();
            *by_truth.entry(*operator).or_default() += 1;
            *by_found.entry(network).or_default() += 1;
            *by_both.entry((*operator, network)).or_default() += 1;
        }
        let sum = |counts: Vec<usize>| counts.into_iter().map(pairs).sum::<f64>();
        let both = sum(by_both.values().copied().collect());
        let mut networks: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, network) in by_both.keys() {
            *networks.entry(network).or_default() += 1;
        }
        let largest_false = networks.iter().filter(|(_, ops)| **ops > 1).map(|(id, _)| by_found[id]).max().unwrap_or(0);
        let mut missed: BTreeMap<&str, f64> = BTreeMap::new();
        for (operator, count) in &by_truth {
            let own: f64 = by_both.iter().filter(|((o, _), _)| o == operator).map(|(_, c)| pairs(*c)).sum();
            *missed.entry(self.kinds[*operator as usize]).or_default() += pairs(*count) - own;
        }
        Figures {
            precision: both / sum(by_found.values().copied().collect()).max(1.0),
            recall: both / sum(by_truth.values().copied().collect()).max(1.0),
            largest_false_share: largest_false as f64 / self.ads.len() as f64,
            missed,
        }
    }

    /// In which network an operator's ads are; all of them.
    pub fn networks_of<'l>(&self, linkage: &'l Linkage, operator: u32) -> Vec<&'l domain::NetworkId> {
        let mine = |ad: &AdRef| self.truth[ad] == operator;
        linkage.networks.iter().filter(|network| network.ads.iter().any(mine)).map(|network| &network.id).collect()
    }
}

#[derive(Debug)]
#[allow(dead_code, reason = "printed when a floor is missed")]
pub struct Figures {
    pub precision: f64,
    pub recall: f64,
    pub largest_false_share: f64,
    pub missed: BTreeMap<&'static str, f64>,
}
