//! What speaks for one desk behind two sets of ads, and what against: one line each, in bits.

use crate::desk::{Desk, days_between};
use crate::index::Index;
use crate::levels::LevelName;
use crate::note::{percent, say};
use crate::parameters::LinkParameters;
use crate::shared::SharedBy;
use crate::text::Texts;
use crate::tie::{Tie, TieKind, Weighed};
use std::collections::BTreeSet;

/// Everything that weighing needs beside the two desks.
pub struct Scales<'s> {
    pub index: &'s Index<'s>,
    pub texts: &'s Texts,
    /// Cluster of near-identical texts, and of texts with one template, by text.
    pub text_cluster: &'s [u32],
    pub template_cluster: &'s [u32],
    pub shared_by: &'s SharedBy,
    pub parameters: &'s LinkParameters,
}

/// Texts of a desk that are compared where no band proposed them.
const TEXTS_COMPARED: usize = 3;

impl Scales<'_> {
    fn hub_penalty(&self, shared_by: Option<&usize>) -> f64 {
        let sets = shared_by.copied().unwrap_or(2) as f64;
        let beyond = (sets / self.parameters.shared_by_free.max(1) as f64).log2().max(0.0);
        beyond * self.parameters.shared_by_slope_bits
    }

    /// Weighs all there is between two desks.
    pub fn weigh(&self, x: &Desk, y: &Desk, sets: [u32; 2]) -> Weighed {
        let mut ties = Vec::new();
        self.text(x, y, &mut ties);
        self.images(x, y, &mut ties);
        self.urls(x, y, &mut ties);
        let premises = self.premises(x, y, &mut ties);
        self.personas(x, y, &mut ties);
        self.circuit(x, y, &mut ties);
        self.succession(x, y, sets, &mut ties);
        self.details(x, y, premises, &mut ties);
        self.style(x, y, &mut ties);
        self.against(x, y, &mut ties);
        let bits = self.parameters.prior_bits + ties.iter().map(|tie| tie.bits).sum::<f64>();
        Weighed { ties, bits }
    }

    fn text(&self, x: &Desk, y: &Desk, ties: &mut Vec<Tie>) {
        let mut best: Option<(f64, LevelName, f64, u32, u32)> = None;
        let mut offer = |a: u32, b: u32| {
            let agreement = self.texts.agreement(a, b);
            let (kind, ceiling, shared_by) = if agreement.similarity >= self.parameters.text_similarity {
                let cluster = self.text_cluster[a as usize];
                (LevelName::Text, self.parameters.bits(LevelName::Text), self.shared_by.text.get(&cluster))
            } else if agreement.similarity >= self.parameters.template_similarity {
                let cluster = self.template_cluster[a as usize];
                (LevelName::Template, self.parameters.bits(LevelName::Template), self.shared_by.template.get(&cluster))
            } else {
                return;
            };
            let bits = (agreement.bits.min(ceiling) - self.hub_penalty(shared_by)).max(0.0);
            if bits > 0.0 && best.is_none_or(|(most, ..)| bits > most) {
                best = Some((bits, kind, agreement.similarity, a, b));
            }
        };
        for a in x.texts.keys().take(TEXTS_COMPARED) {
            for b in y.texts.keys().take(TEXTS_COMPARED) {
                offer(*a, *b);
            }
        }
        for (a, others) in x.texts.keys().filter_map(|a| Some((a, self.texts.like.get(a)?))) {
            others.iter().filter(|b| y.texts.contains_key(b)).for_each(|b| offer(*a, *b));
        }
        for a in x.texts.keys().filter(|a| y.texts.contains_key(a)) {
            offer(*a, *a);
        }
        let Some((bits, kind, similarity, a, b)) = best else { return };
        let share = percent(similarity);
        let note = match kind {
            LevelName::Text => say(
                format!("Næsten samme tekst: {share} % af ordene står ens"),
                format!("Near-identical text: {share} % of the words agree"),
            ),
            _ => say(
                format!("Samme skabelon: {share} % af ordene ligger fast"),
                format!("The same template: {share} % of the words stay fixed"),
            ),
        };
        ties.push(Tie { kind: TieKind::Level(kind), bits, ads: Some((x.texts[&a][0], y.texts[&b][0])), note });
        // A second text counts only between ads that have nothing of the first.
        let first = self.template_cluster[a as usize];
        let rest = |desk: &Desk| -> BTreeSet<u32> {
            let taken = ads_of_clusters(desk, self.template_cluster, first);
            let free = |ads: &Vec<u32>| ads.iter().any(|ad| !taken.contains(ad));
            desk.texts.iter().filter(|(_, ads)| free(ads)).map(|(text, _)| self.text_cluster[*text as usize]).collect()
        };
        let second = rest(x).intersection(&rest(y)).any(|cluster| {
            self.hub_penalty(self.shared_by.text.get(cluster)) == 0.0
                && self.texts.agreement(*cluster, *cluster).bits >= self.parameters.bits(LevelName::SecondText)
        });
        if second {
            ties.push(Tie {
                kind: TieKind::Level(LevelName::SecondText),
                bits: self.parameters.bits(LevelName::SecondText),
                ads: None,
                note: say("Endnu en tekst går igen i andre annoncer", "Another text recurs in other ads"),
            });
        }
    }

    fn images(&self, x: &Desk, y: &Desk, ties: &mut Vec<Tie>) {
        let common: Vec<u32> = x.pictures.keys().filter(|picture| y.pictures.contains_key(picture)).copied().collect();
        let penalty = |picture: &u32| self.hub_penalty(self.shared_by.picture.get(picture));
        let Some(first) = common.iter().min_by(|a, b| penalty(a).total_cmp(&penalty(b))) else { return };
        let bits = (self.parameters.bits(LevelName::Image) - penalty(first)).max(0.0);
        let sets = self.shared_by.picture.get(first).copied().unwrap_or(2);
        ties.push(Tie {
            kind: TieKind::Level(LevelName::Image),
            bits,
            ads: Some((x.pictures[first][0], y.pictures[first][0])),
            note: match sets {
                0..=2 => say("Samme billede, som ingen andre har", "The same picture, which nobody else has"),
                _ => say(
                    format!("Samme billede (findes hos {sets} annoncører)"),
                    format!("The same picture ({sets} advertisers have it)"),
                ),
            },
        });
        let beyond =
            |desk: &Desk, picture: &u32| desk.pictures[picture].iter().any(|ad| !desk.pictures[first].contains(ad));
        if common.iter().any(|p| p != first && penalty(p) == 0.0 && beyond(x, p) && beyond(y, p)) {
            ties.push(Tie {
                kind: TieKind::Level(LevelName::SecondImage),
                bits: self.parameters.bits(LevelName::SecondImage),
                ads: None,
                note: say("Endnu et billede går igen i andre annoncer", "Another picture recurs in other ads"),
            });
        }
    }

    fn urls(&self, x: &Desk, y: &Desk, ties: &mut Vec<Tie>) {
        let penalty = |url: &u32| self.hub_penalty(self.shared_by.url.get(url));
        let common = x.urls.keys().filter(|url| y.urls.contains_key(url));
        let Some(url) = common.min_by(|a, b| penalty(a).total_cmp(&penalty(b))) else { return };
        ties.push(Tie {
            kind: TieKind::Level(LevelName::Url),
            bits: (self.parameters.bits(LevelName::Url) - penalty(url)).max(0.0),
            ads: Some((x.urls[url][0], y.urls[url][0])),
            note: say("Henviser til samme side", "Both point to the same page"),
        });
    }

    fn premises(&self, x: &Desk, y: &Desk, ties: &mut Vec<Tie>) -> bool {
        let Some(address) = x.addresses.keys().find(|address| y.addresses.contains_key(address)) else { return false };
        ties.push(Tie {
            kind: TieKind::Level(LevelName::Premises),
            bits: self.parameters.bits(LevelName::Premises),
            ads: Some((x.addresses[address][0], y.addresses[address][0])),
            note: say(
                "Samme adresse; mange deler en lejlighed for tryghedens skyld",
                "The same address; many share a flat for safety",
            ),
        });
        true
    }

    /// One copied ad explains one persona; several that both advertise say more.
    fn personas(&self, x: &Desk, y: &Desk, ties: &mut Vec<Tie>) {
        let common = x.personas.intersection(&y.personas).count();
        // Two large houses have names in common by chance: what chance explains is taken off.
        let by_chance = x.personas.len() as f64 * y.personas.len() as f64 / self.index.personas.max(1) as f64;
        let beyond = common as f64 - 1.0 - by_chance;
        if beyond < 0.5 {
            return;
        }
        let each = self.parameters.bits(LevelName::SecondPersona);
        ties.push(Tie {
            kind: TieKind::Level(LevelName::SecondPersona),
            bits: (each * beyond).min(2.0 * each),
            ads: None,
            note: say(
                format!("{common} personer (navn og alder) går igen"),
                format!("{common} personas (name and age) recur"),
            ),
        });
    }

    fn circuit(&self, x: &Desk, y: &Desk, ties: &mut Vec<Tie>) {
        let (moves, lag) = x.common_moves(y, self.parameters.move_days, self.parameters.move_lag_days);
        let shorter = x.moves.len().min(y.moves.len());
        if moves < 2 || 2 * moves < shorter {
            return;
        }
        // A lag that was looked for costs what looking at so many lags could have found by chance.
        let looked = if lag.abs() <= self.parameters.move_days {
            0.0
        } else {
            (2.0 * self.parameters.move_lag_days as f64 + 1.0).log2()
        };
        let bits = (self.parameters.bits(LevelName::Move) * moves as f64 - looked).min(self.parameters.circuit_bits);
        if bits <= 0.0 {
            return;
        }
        ties.push(Tie {
            kind: TieKind::Level(LevelName::Move),
            bits,
            ads: None,
            note: say(
                format!("{moves} af {shorter} skift går mellem de samme byer i samme takt ({lag} døgn forskudt)"),
                format!("{moves} of {shorter} moves are between the same towns in step ({lag} days apart)"),
            ),
        });
    }

    fn succession(&self, x: &Desk, y: &Desk, sets: [u32; 2], ties: &mut Vec<Tie>) {
        let (earlier, later) = if x.first <= y.first { (x, y) } else { (y, x) };
        let gap = days_between(earlier.last, later.first);
        let in_time = gap >= -self.parameters.change_overlap_days && gap <= self.parameters.change_gap_days;
        let persona = x.names.is_empty() || y.names.is_empty() || x.names.keys().any(|name| y.names.contains_key(name));
        let tied = ties.iter().any(|t| t.bits > 0.0 && shows_one_thing(t.kind));
        let alone = |thing| !self.shared_by.others_between(thing, sets, earlier.first, later.last);
        let texts = x.texts.keys().map(|text| self.text_cluster[*text as usize]);
        let of_y: BTreeSet<u32> = y.texts.keys().map(|text| self.text_cluster[*text as usize]).collect();
        let exclusive = texts.filter(|text| of_y.contains(text)).any(|text| alone((false, text)))
            || x.pictures
                .keys()
                .filter(|picture| y.pictures.contains_key(picture))
                .any(|picture| alone((true, *picture)))
            || !ties.iter().any(|t| matches!(t.kind, TieKind::Level(LevelName::Text | LevelName::Image)));
        if in_time && persona && tied && exclusive && x.has_contact && y.has_contact && later.last > earlier.last {
            // Among short ads a wide gap is little of a coincidence.
            let wide = (gap - 3).max(0) as f64 / self.parameters.change_gap_days.max(1) as f64;
            ties.push(Tie {
                kind: TieKind::Level(LevelName::Succession),
                bits: self.parameters.bits(LevelName::Succession) * (1.0 - 0.5 * wide),
                ads: None,
                note: say(
                    format!("Det ene kontaktpunkt holder op, hvor det andet begynder ({gap} døgn imellem)"),
                    format!("One contact stops where the other begins ({gap} days between)"),
                ),
            });
        }
        if tied && !(x.has_contact && y.has_contact) {
            ties.push(Tie {
                kind: TieKind::Level(LevelName::NoContact),
                bits: self.parameters.bits(LevelName::NoContact),
                ads: None,
                note: say(
                    "Den ene har intet kontaktpunkt, der kunne tale imod",
                    "One side has no contact that could contradict",
                ),
            });
        }
    }
}

fn shows_one_thing(kind: TieKind) -> bool {
    use LevelName::*;
    matches!(kind, TieKind::Level(Text | Template | Image | Url))
}

fn ads_of_clusters(desk: &Desk, cluster_of: &[u32], cluster: u32) -> BTreeSet<u32> {
    desk.texts
        .iter()
        .filter(|(text, _)| cluster_of[**text as usize] == cluster)
        .flat_map(|(_, ads)| ads.clone())
        .collect()
}
