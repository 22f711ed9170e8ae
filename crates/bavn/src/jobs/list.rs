//! `bavn list`: the day's contact list of each team, made at the team's hour of what was known by then.

use crate::cli::{Cli, ListArgs};
use crate::config::{Config, Programme, TeamSettings, Unit};
use crate::key::Need;
use crate::web_settings;
use anyhow::Context;
use domain::ProgrammeId;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use outreach::ContactList;
use std::io::Write;
use store::{Actor, ContactRef, Store};

/// Makes and keeps the lists, and prints how many lines each has.
pub async fn run(cli: &Cli, args: &ListArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let today = super::as_of(&store, None).await?;
    let Some(analysis) = store.latest_analysis().await? else {
        anyhow::bail!("nothing was analysed yet: run 'bavn analyse' first");
    };
    let date = match &args.date {
        Some(text) => match text.parse::<Date>() {
            Ok(date) => date,
            Err(_) => anyhow::bail!("--date '{text}' is no day such as 2026-10-01"),
        },
        None => next_list_day(&config, today, now)?,
    };
    let at = super::virtual_today(&store).await?.unwrap_or(now);
    let mut out = std::io::stdout().lock();
    if let Some(other) = config.programmes.values().find(|programme| programme.unit != Unit::Advertiser) {
        anyhow::bail!("the teams of '{}' visit places ({}): it has no contact lists", other.id, other.unit.as_str());
    }
    for (programme, team) in teams(&config, args.team.as_deref())? {
        let as_of = match &args.as_of {
            Some(text) => crate::time::argument("--as-of", text)?,
            None => hour_of(team, date)?,
        };
        if as_of < analysis.as_of {
            eprintln!(
                "{}: who belongs to whom is taken from the analysis as of {}, which is later than this list's {as_of}.",
                team.id, analysis.as_of
            );
        }
        let list = make(&store, &config, programme, team, date, as_of, at, &super::system_actor()).await?;
        writeln!(out, "{} {date}: {} lines, {} left out", team.id, list.lines.len(), list.excluded.len())?;
        if args.excluded {
            for (advertiser, refusals) in &list.excluded {
                let why: Vec<String> = refusals.iter().map(|refusal| refusal.explain().en).collect();
                writeln!(out, "  {advertiser}: {}", why.join("; "))?;
            }
        }
    }
    store.close().await;
    Ok(())
}

fn teams<'a>(config: &'a Config, asked: Option<&str>) -> anyhow::Result<Vec<(&'a Programme, &'a TeamSettings)>> {
    match asked {
        Some(team) => Ok(vec![config.team(team)?]),
        None => Ok(config.programmes.values().flat_map(|p| p.teams.iter().map(move |team| (p, team))).collect()),
    }
}

/// Today; for a store that stands still in time the first day whose hour comes after what it knows.
fn next_list_day(config: &Config, today: Timestamp, now: Timestamp) -> anyhow::Result<Date> {
    let day = crate::time::local_day(today);
    if today == now {
        return Ok(day);
    }
    for (_, team) in teams(config, None)? {
        if hour_of(team, day)? < today {
            return Ok(day.tomorrow()?);
        }
    }
    Ok(day)
}

/// The moment at which a team's list is made.
pub fn hour_of(team: &TeamSettings, date: Date) -> anyhow::Result<Timestamp> {
    let hour: Time = team.hour.parse().with_context(|| format!("the hour of team '{}'", team.id))?;
    Ok(crate::time::at_hour(date, hour)?)
}

/// Makes one team's list and keeps it. Where the gate cannot answer, nothing is kept and the error says so.
#[expect(clippy::too_many_arguments, reason = "each is one plain fact of the list")]
pub async fn make(
    store: &Store,
    config: &Config,
    programme: &Programme,
    team: &TeamSettings,
    date: Date,
    as_of: Timestamp,
    at: Timestamp,
    actor: &Actor,
) -> anyhow::Result<ContactList<ContactRef>> {
    let id = ProgrammeId(programme.id.clone());
    let view = web::gate::team_view(&web_settings::team(config, team), None);
    let policy = &programme.outreach.policy;
    let list = web::gate::list_for(store, &config.catalogue, &id, &view, policy, date, as_of)
        .await
        .context("the gate could not answer, so no list was made")?;
    store.put_list(&web::gate::to_keep(&list, &id, as_of, at), actor).await?;
    Ok(list.list)
}
