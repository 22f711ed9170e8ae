//! Danish towns with postal codes, from `config/places/dk_places.csv` (PostNord's list of October 2020).

use crate::draw::Draw;

/// A town that an ad names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Town {
    /// Four digits.
    pub postal_code: String,
    /// Its name, such as `Aarhus C`.
    pub name: String,
    /// Four digits, such as `0751`.
    pub municipality_code: String,
    /// Such as `Region Midtjylland`.
    pub region: String,
}

/// Postal codes where most ads stand, with how many of a thousand.
const COMMON: [(&str, f64); 56] = [
    ("1300", 22.0),
    ("1620", 40.0),
    ("1850", 12.0),
    ("2100", 35.0),
    ("2200", 45.0),
    ("2300", 40.0),
    ("2400", 32.0),
    ("2500", 30.0),
    ("2600", 14.0),
    ("2630", 14.0),
    ("2650", 14.0),
    ("2700", 14.0),
    ("2720", 14.0),
    ("2750", 14.0),
    ("3000", 14.0),
    ("3400", 12.0),
    ("3700", 4.0),
    ("4000", 28.0),
    ("4100", 10.0),
    ("4200", 14.0),
    ("4300", 12.0),
    ("4400", 8.0),
    ("4600", 16.0),
    ("4700", 18.0),
    ("4800", 8.0),
    ("4900", 6.0),
    ("5000", 48.0),
    ("5200", 10.0),
    ("5700", 14.0),
    ("5800", 6.0),
    ("6000", 34.0),
    ("6200", 12.0),
    ("6400", 14.0),
    ("6700", 32.0),
    ("6800", 6.0),
    ("7000", 18.0),
    ("7100", 28.0),
    ("7400", 24.0),
    ("7500", 14.0),
    ("7700", 6.0),
    ("8000", 70.0),
    ("8200", 16.0),
    ("8210", 14.0),
    ("8260", 16.0),
    ("8500", 6.0),
    ("8600", 20.0),
    ("8700", 22.0),
    ("8800", 18.0),
    ("8900", 26.0),
    ("9000", 56.0),
    ("9200", 12.0),
    ("9400", 12.0),
    ("9800", 10.0),
    ("9900", 10.0),
    ("7800", 8.0),
    ("7430", 6.0),
];

/// All towns to choose from.
#[derive(Debug)]
pub(crate) struct Towns {
    common: Vec<Town>,
    weights: Vec<f64>,
    other: Vec<Town>,
}

impl Towns {
    pub fn read() -> Self {
        let rows = include_str!("../../../config/places/dk_places.csv").lines().skip(1).filter_map(|line| {
            let mut columns = line.split(',');
            let town = Town {
                postal_code: columns.next()?.to_owned(),
                name: columns.next()?.to_owned(),
                municipality_code: columns.next()?.to_owned(),
                region: String::new(),
            };
            let municipality = columns.next()?;
            // Where a postal code crosses a border only the municipality that bears the town's name is sure.
            let sure = town.name == municipality || town.name.starts_with(&format!("{municipality} "));
            Some((Town { region: columns.next()?.to_owned(), ..town }, sure))
        });
        let rows: Vec<(Town, bool)> = rows.collect();
        let sure = |code: &str| {
            let mut of_code = rows.iter().filter(|(town, _)| town.postal_code == code);
            match (of_code.next(), of_code.next()) {
                (Some((town, _)), None) => Some(town.clone()),
                _ => rows.iter().find(|(town, sure)| *sure && town.postal_code == code).map(|(town, _)| town.clone()),
            }
        };
        let (common, weights) =
            COMMON.iter().filter_map(|(code, weight)| sure(code).map(|town| (town, *weight))).unzip();
        // Postal codes below 2000 are single streets of Copenhagen; above, each row is a town of its own.
        let mut other: Vec<Town> = rows
            .iter()
            .filter(|(town, _)| town.postal_code.as_str() >= "2000")
            .filter_map(|(town, _)| sure(&town.postal_code))
            .collect();
        other.dedup();
        Self { common, weights, other }
    }

    /// A town, mostly a large one.
    pub fn any(&self, draw: &mut Draw) -> &Town {
        if draw.chance(0.12) {
            &self.other[draw.below(self.other.len())]
        } else {
            &self.common[draw.weighted(&self.weights)]
        }
    }

    /// `count` towns in different municipalities.
    pub fn tour(&self, count: usize, draw: &mut Draw) -> Vec<Town> {
        let mut towns: Vec<Town> = Vec::new();
        while towns.len() < count.min(12) {
            let town = &self.common[draw.weighted(&self.weights)];
            if towns.iter().all(|other| other.municipality_code != town.municipality_code) {
                towns.push(town.clone());
            }
        }
        towns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_have_the_municipality_of_their_name() {
        let towns = Towns::read();
        assert!(towns.common.len() > 48 && towns.other.len() > 300);
        let of =
            |code: &str| towns.common.iter().find(|town| town.postal_code == code).map(|town| &*town.municipality_code);
        assert_eq!(of("8000"), Some("0751"));
        assert_eq!(of("4000"), Some("0265"), "Roskilde, not its neighbours that share the code");
        let mut draw = Draw::of(1, "tour", 0);
        let tour = towns.tour(5, &mut draw);
        let codes: std::collections::BTreeSet<_> = tour.iter().map(|town| &town.municipality_code).collect();
        assert_eq!(codes.len(), 5);
    }
}
