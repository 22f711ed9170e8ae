//! The figures of a period, computed once: pages, documents and packages show these and count nothing themselves.

mod counted;
mod numbers;
mod outreach;
mod validation;

pub use counted::{
    BAND, DECISION, FORM, INDICATOR, LANGUAGE, LIFETIME, METHOD, MONTH, OUTCOME, PLACE, REGION, SITES, TABLES,
};
pub use numbers::{Coverage, HowMany, Lifetimes};
pub use outreach::{Compared, Difference, Each, MethodFigures, Missed, Outreach, Resources, Used};
pub use validation::{Against, ENOUGH, Proposal, Stratum, Tested, Validation};

use crate::guard::cube::{ALL, Cube};
use crate::guard::earlier::{Released, suppress};
use crate::source::Source;
use crate::stat::agreement::{Agreement, kappa};

/// Everything that is shown of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Counts of advertisers in all tables, small cells withheld.
    pub cube: Cube,
    /// How many advertisers there are.
    pub how_many: HowMany,
    /// What was watched.
    pub coverage: Vec<Coverage>,
    /// How long ads last.
    pub lifetimes: Lifetimes,
    /// Attempts and outcomes.
    pub outreach: Outreach,
    /// How far two readers agree; `None` where too few cases were read by two.
    pub agreement: Option<Agreement>,
    /// What outcomes and decisions say of indicators.
    pub validation: Validation,
    /// Advertisers in the period.
    pub advertisers: u64,
    /// Ads in the period.
    pub ads: u64,
    /// Networks of two advertisers or more.
    pub networks: u64,
    /// Versions of ads.
    pub versions: u64,
}

impl Figures {
    /// Computes them. `least` may only raise the limit of small cells; `earlier` are releases to hold against.
    pub fn of(source: &Source, least: u64, earlier: &[Released]) -> Figures {
        let mut cube = counted::cube(source);
        suppress(&mut cube, least, (source.from, source.to), earlier);
        let least = cube.least();
        Figures {
            how_many: numbers::how_many(source),
            coverage: numbers::coverage(source),
            lifetimes: numbers::lifetimes(source, least),
            outreach: outreach::outreach(source, least),
            agreement: agreement(source, least),
            validation: validation::validation(source, least),
            advertisers: source.advertisers.len() as u64,
            ads: source.advertisers.iter().map(|advertiser| advertiser.ads.len() as u64).sum(),
            networks: source.networks.len() as u64,
            versions: source.advertisers.iter().flat_map(|a| &a.ads).map(|ad| u64::from(ad.versions)).sum(),
            cube,
        }
    }

    /// Of a stratum who was asked, who answered and who did not; `None` where a count must not show. One of the last two tells
    /// the other, so both show or neither. Of bands nothing shows that the cube withholds, nor what would follow from it.
    pub fn stratum(&self, stratum: &Stratum) -> [Option<u64>; 3] {
        let dimensions = self.cube.dimensions();
        let values = |of: usize| dimensions.get(of).map_or(&[] as &[String], |dimension| &dimension.values);
        let (mut asked, mut answered) = (true, true);
        for band in stratum.name.split('+').filter_map(|name| values(BAND).iter().position(|band| band == name)) {
            let mut key = vec![ALL; dimensions.len()];
            key[BAND] = band as u16;
            asked &= self.cube.shown(&key).is_some();
            for decision in 0..values(DECISION).len() {
                key[DECISION] = decision as u16;
                answered &= self.cube.shown(&key).is_some();
            }
        }
        let silent = stratum.asked - stratum.answered;
        let both = self.shown(stratum.answered).zip(self.shown(silent)).filter(|_| asked && answered);
        let asked = self.shown(stratum.asked).filter(|_| asked);
        [asked, both.map(|(answered, _)| answered), both.map(|(_, silent)| silent)]
    }

    /// A count that is withheld where it is small, outside the cube.
    pub fn shown(&self, count: u64) -> Option<u64> {
        (count == 0 || count >= self.cube.least()).then_some(count)
    }
}

fn agreement(source: &Source, least: u64) -> Option<Agreement> {
    kappa(&source.readers, crate::stat::LEVEL).filter(|found| found.cases >= least)
}
