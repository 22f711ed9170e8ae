//! `docs/indicators.md`, made from the catalogue.

use super::{BandRule, Catalogue, Indicator};
use domain::{Role, Scope};
use std::fmt::Write;

const HEAD: &str = "# Indicators\n\n\
<!-- Generated from config/indicators by `bavn indicators docs`. Edit the files there. -->\n\n\
An indicator is a reason to look again or to offer help. It is never a finding about a person.\n\n\
## What the evidence says, and what it does not\n\n\
1. **Only one study knows how its cases ended**, and it contradicts the usual lists. JIRN, for the US National \
Institute of Justice, tested more than 250 indicators on 1,263 ads from four states. Four wordings went with \
trafficking: insisting that one can be trusted, an obscured phone number, wording that suggests youth, and naming an \
ethnicity. Wording about movement went with it 70 % *less* often; a stated age under 23 and screening of clients \
predicted nothing. These were US ads: nothing here is yet tested against Danish outcomes.\n\
2. **Lists flag nearly everyone.** Of 17,362 UK ads 81 % showed at least one of ten indicators, 1.7 % three or more \
(Giommoni & Ikwu 2021). So bands come from *different groups* of evidence and from several ads, not from longer lists.\n\
3. **Ties between ads are the strongest sign, but a phone is not a person.** They are typed, weighted, reversible and \
damped where a number belongs to a directory or an agency.\n\
4. **Most flags will be wrong.** At a prevalence of 1 % even a test that is right 90 % of the time and wrong 1 % gives \
a positive predictive value of about 48 %. Success is help offered and harm avoided.\n\
5. **Nothing here says that a person is exploited, or is not.** Silence is no all-clear: a text of few words fires \
nothing. Counter-evidence never takes away an offer of help.\n\
6. **Origin, language and looks do not rank anybody.** Sensitive traits give no points; looks are not read at all.\n\n\
Grades: A tested against outcomes, B+ three or more kinds of source agree, B several sources agree, C in many lists \
but weak or common in ordinary ads, D contradicted by outcomes or a protective practice (no points, shown as context).\n";

const NOT_BUILT: &str = "\n## Not built, and why\n\n\
- `looks_young`, `visible_mark`, `face_hidden`: looks are not read; in the study with known outcomes the first two \
pointed the other way.\n\
- `origin_group`, `origin_conflict`: they need an origin value for each person, which is not kept.\n\
- `shared_background`: pictures are only hashed.\n\
- `paid_by_other`, `image_mismatch_report`: only a platform can know them; they belong on a referral form.\n";

impl Catalogue {
    /// The catalogue as a document: what the evidence says and does not say, how a band is made, each indicator.
    pub fn markdown(&self) -> String {
        let mut text = HEAD.to_owned();
        // Writing to a `String` cannot fail.
        let _ = self.bands(&mut text);
        let mut group = None;
        let mut sorted: Vec<&Indicator> = self.indicators().iter().collect();
        sorted.sort_by_key(|indicator| (indicator.group, indicator.id.clone()));
        for indicator in sorted {
            if group != Some(indicator.group) {
                group = Some(indicator.group);
                let _ = writeln!(text, "\n## Group {}: {}", indicator.group, group_title(indicator.group.0));
            }
            let _ = one(indicator, &mut text);
        }
        text.push_str(NOT_BUILT);
        let _ = self.source_list(&mut text);
        text
    }

    fn bands(&self, text: &mut String) -> std::fmt::Result {
        let rules = self.rules();
        writeln!(text, "\n## How a band is made\n")?;
        writeln!(
            text,
            "A group counts once, with the most points among its firings; the points are their sum. One of these rules is enough:\n"
        )?;
        writeln!(
            text,
            "| band | rule | points | groups | strong groups | cross-ad groups | groups with a single-ad A/B sign | one of |"
        )?;
        writeln!(text, "| --- | --- | --- | --- | --- | --- | --- | --- |")?;
        let mut row = |band: &str, rule: &BandRule| {
            let one_of: String = rule.one_of.iter().map(char::to_string).collect::<Vec<_>>().join(", ");
            let BandRule { name, points, groups, strong_groups, cross_ad, single_ad, .. } = rule;
            writeln!(
                text,
                "| {band} | {name} | {points} | {groups} | {strong_groups} | {cross_ad} | {single_ad} | {one_of} |"
            )
        };
        rules.high.iter().try_for_each(|rule| row("high", rule))?;
        rules.medium.iter().try_for_each(|rule| row("medium", rule))
    }

    fn source_list(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "\n## Sources\n")?;
        for source in self.sources() {
            let unsure = if source.verified { "" } else { " *To be verified before it is quoted.*" };
            writeln!(text, "- **{}** {}: {}{unsure}", source.key, source.title, source.what)?;
        }
        Ok(())
    }
}

impl Indicator {
    /// The indicator as a document of its own: what `docs/indicators.md` says of it.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        let _ = one(self, &mut text);
        text.trim_start().to_owned()
    }
}

fn group_title(group: char) -> &'static str {
    match group {
        'A' => "movement",
        'B' => "third-party control",
        'C' => "shared management",
        'D' => "restricted freedom and availability",
        'E' => "vulnerability",
        'F' => "origin as marketing",
        'G' => "price",
        'H' => "risk services",
        'I' => "contact handling",
        'J' => "reused text",
        'K' => "reused pictures",
        _ => "context that argues the other way",
    }
}

fn one(indicator: &Indicator, text: &mut String) -> std::fmt::Result {
    let scope = match indicator.scope {
        Scope::Ad => "one ad",
        Scope::Advertiser => "an advertiser's ads",
        Scope::Network => "a network's ads",
    };
    let role = match indicator.role {
        Role::Score => "score",
        Role::Context => "context",
        Role::Control => "control",
        Role::Urgent => "urgent route, no points",
        Role::Counter => "argues the other way",
    };
    writeln!(text, "\n### `{}`: {} / {}\n", indicator.id, indicator.title.en, indicator.title.da)?;
    writeln!(text, "{}\n", indicator.definition.en)?;
    let sensitive = if indicator.sensitive { ", sensitive" } else { "" };
    writeln!(
        text,
        "Version {} · {scope} · grade {}{sensitive} · {role} · {} points · {} · sources {} · {}\n",
        indicator.version,
        indicator.grade.as_str(),
        indicator.points,
        indicator.status.as_str(),
        if indicator.sources.is_empty() { "none".to_owned() } else { indicator.sources.join(", ") },
        indicator.checked
    )?;
    if let Some(retired) = &indicator.retired {
        writeln!(text, "Retired {retired}\n")?;
    }
    writeln!(text, "Why: {}\n", indicator.why.en)?;
    let readings: Vec<&str> = indicator.other_readings.iter().map(|reading| reading.en.as_str()).collect();
    writeln!(text, "It may as well mean: {}.\n", readings.join("; "))?;
    for (key, value) in indicator.parameters.shown() {
        writeln!(text, "- `{key}` = {value}")?;
    }
    let quote = |example: &str| format!("\"{}\"", example.replace('\n', " / "));
    let fires: Vec<String> = indicator.examples.iter().take(3).map(|example| quote(example)).collect();
    let silent: Vec<String> = indicator.counter_examples.iter().take(3).map(|example| quote(&example.text)).collect();
    writeln!(text, "- fires: {}\n- does not: {}", fires.join(" · "), silent.join(" · "))
}
