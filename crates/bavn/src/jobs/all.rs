//! Commands that work for every programme of the installation where none is named: each with its own store, on addresses
//! of its own, in one process.

use crate::cli::Cli;
use crate::config::{self, Programme, ProgrammePlace, StoreSettings};
use anyhow::{Context, bail};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The command lines of the programmes, where several are configured and none is named; else the one that was given.
/// `listen` and `monitor`: addresses given on the command line, for the first of them.
pub fn of(cli: &Cli, listen: Option<SocketAddr>, monitor: Option<SocketAddr>) -> anyhow::Result<Vec<Cli>> {
    let named = cli.programme.as_deref().is_some_and(|name| !name.is_empty());
    // What is wrong with the configuration the command itself says.
    let Some((_, programmes)) = config::programmes(&cli.config).ok().filter(|_| !named) else {
        return Ok(vec![cli.clone()]);
    };
    if programmes.len() < 2 {
        return Ok(vec![cli.clone()]);
    }
    if cli.database.as_deref().is_some_and(|url| !url.is_empty()) {
        bail!(
            "several programmes are configured, and each has a database of its own: name one programme with --programme, or say \
             in each programme's file where its database is ([store] database)"
        );
    }
    let unsaid = programmes.values().find(|programme| programme.store == StoreSettings::default());
    let taken = programmes.values().any(|programme| Path::new(&programme.store.data) == cli.data);
    if let Some(programme) = unsaid.filter(|_| !taken && cli.data.join("bavn.sqlite").exists()) {
        bail!(
            "there is a store in '{data}' of before several programmes were configured: say whose it is with [store] \
             data = \"{data}\" in that programme's file (as '{}' has no [store], its data would be in '{}'), or name one \
             programme with --programme",
            programme.id,
            for_one(cli, programme, ProgrammePlace::default()).data.display(),
            data = cli.data.display()
        );
    }
    let place = |number: usize| ProgrammePlace { number: u16::try_from(number).unwrap_or(u16::MAX), listen, monitor };
    Ok(programmes.values().enumerate().map(|(number, programme)| for_one(cli, programme, place(number))).collect())
}

fn for_one(cli: &Cli, programme: &Programme, place: ProgrammePlace) -> Cli {
    let (store, mut own) = (&programme.store, cli.clone());
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    own.programme = Some(programme.id.clone());
    own.place = Some(place);
    own.data = match given(&store.data) {
        Some(data) => PathBuf::from(data),
        None => {
            let mut name = cli.data.components().collect::<PathBuf>().into_os_string();
            name.push(format!("-{}", programme.id));
            PathBuf::from(name)
        }
    };
    own.database = given(&store.database);
    // The key beside the folder comes before one that the environment names, which is another programme's.
    let beside = crate::key::default_key_file(&own.data);
    own.key = given(&store.key_file).map(PathBuf::from).or_else(|| beside.is_file().then_some(beside));
    own
}

/// Those of several that watch the sites, where some are named.
pub fn watching(clis: Vec<Cli>, sites: &[String]) -> anyhow::Result<Vec<Cli>> {
    if clis.len() < 2 || sites.is_empty() {
        return Ok(clis);
    }
    let mut found = Vec::new();
    for cli in &clis {
        let config = config::CrawlConfig::of(cli)?;
        if sites.iter().any(|site| config.sites.contains_key(site)) {
            if let Some(other) = sites.iter().find(|site| !config.sites.contains_key(*site)) {
                bail!(
                    "the sites belong to several programmes ('{other}' not to '{}'): crawl those of one at a time",
                    told(cli).unwrap_or_default()
                );
            }
            found.push(cli.clone());
        }
    }
    anyhow::ensure!(
        !found.is_empty(),
        "no programme watches the site '{}': 'bavn programmes' shows them",
        sites.join("', '")
    );
    Ok(found)
}

/// Those of several that make contact lists, and have the team where one is named.
pub fn listing(clis: Vec<Cli>, team: Option<&str>) -> anyhow::Result<Vec<Cli>> {
    let Some(first) = clis.first().filter(|_| clis.len() > 1) else { return Ok(clis) };
    let (_, programmes) = config::programmes(&first.config)?;
    let makes = |cli: &Cli| {
        let programme = cli.programme.as_ref().and_then(|id| programmes.get(id));
        programme.is_some_and(|programme| {
            programme.unit == config::Unit::Advertiser
                && team.is_none_or(|team| programme.teams.iter().any(|own| own.id == team))
        })
    };
    let found: Vec<Cli> = clis.iter().filter(|cli| makes(cli)).cloned().collect();
    match team {
        Some(team) if found.is_empty() => {
            bail!("no programme that makes contact lists has a team '{team}': 'bavn programmes' shows them")
        }
        _ => Ok(found),
    }
}

/// Does it for each at the same time, until all are done or one fails.
pub async fn together(clis: Vec<Cli>, one: impl AsyncFn(Cli) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let one = &one;
    let each = clis.into_iter().map(|cli| async move {
        let name = told(&cli);
        with_name(name, one(cli).await)
    });
    futures::future::try_join_all(each).await.map(drop)
}

/// Does it for one after the other.
pub async fn in_turn(clis: Vec<Cli>, one: impl AsyncFn(Cli) -> anyhow::Result<()>) -> anyhow::Result<()> {
    for cli in clis {
        let name = told(&cli);
        with_name(name, one(cli).await)?;
    }
    Ok(())
}

/// The programme's name, where the command works for several.
pub fn told(cli: &Cli) -> Option<String> {
    cli.place.as_ref().and(cli.programme.clone())
}

fn with_name(name: Option<String>, done: anyhow::Result<()>) -> anyhow::Result<()> {
    match name {
        Some(name) => done.with_context(|| {
            format!("programme '{name}' (its file says with [store] where its data is; --programme {name} works for it alone)")
        }),
        None => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[test]
    fn each_programme_has_its_own_data_key_and_addresses() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("config");
        crate::config::write_builtin(&config).expect("written");
        let first = std::fs::read_to_string(config.join("programmes/initiative-1.toml")).expect("read");
        let second = first
            .replace("initiative-1", "second")
            .replace("sites = [\"*\"]", "sites = []")
            .replace("\"oest\"", "\"a\"")
            .replace("\"vest\"", "\"b\"");
        let add =
            "\n[store]\ndata = \"elsewhere\"\n[serve]\nlisten = \"127.0.0.1:9000\"\n[retention]\nads_days = 100\n";
        std::fs::write(config.join("programmes/second.toml"), format!("{second}{add}")).expect("written");
        let cli = Cli::try_parse_from(["bavn", "--config", config.to_str().expect("a path"), "serve"]).expect("parsed");
        let clis = of(&cli, None, None).expect("two");
        let data: Vec<_> = clis.iter().map(|cli| cli.data.display().to_string()).collect();
        assert_eq!(data, ["data-initiative-1", "elsewhere"]);
        let read = |cli: &Cli| crate::config::Config::of(cli, false).expect("a configuration");
        let (one, two) = (read(&clis[0]), read(&clis[1]));
        assert_eq!(one.settings.serve.listen.to_string(), "127.0.0.1:8600");
        assert_eq!(two.settings.serve.listen.to_string(), "127.0.0.1:9000");
        assert_eq!((one.settings.retention.ads_days, two.settings.retention.ads_days), (730, 100));
        assert!(one.settings.several && one.programmes.len() == 1 && one.partners.is_empty());
        assert_eq!(one.neighbours[0].1, "http://127.0.0.1:9000/");
        let named = Cli { programme: Some("second".into()), ..cli.clone() };
        assert_eq!(of(&named, None, None).expect("one").len(), 1);
        let database = Cli { database: Some("postgres://x/y".into()), ..cli };
        assert!(of(&database, None, None).err().expect("refused").to_string().contains("[store] database"));
    }

    #[test]
    fn the_shared_register_needs_who_agreed_and_then_knows_its_partners() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("config");
        crate::config::write_builtin(&config).expect("written");
        let file = config.join("programmes/initiative-1.toml");
        let first = std::fs::read_to_string(&file).expect("read");
        std::fs::write(&file, format!("{first}\n[register]\ncommon = true\n")).expect("written");
        let error = crate::config::Config::load(&config, false).err().expect("refused").to_string();
        assert!(error.contains("who agreed"), "{error}");
        let agreed = "\n[register]\ncommon = true\nby = \"A\"\nat = \"2026-11-01\"\nagreement = \"1\"\n";
        std::fs::write(&file, format!("{first}{agreed}")).expect("written");
        let second = first
            .replace("initiative-1", "second")
            .replace("sites = [\"*\"]", "sites = []")
            .replace("\"oest\"", "\"a\"")
            .replace("\"vest\"", "\"b\"");
        let other = config.join("programmes/second.toml");
        std::fs::write(&other, &second).expect("written");
        let only = |name: &str| crate::config::Config::load(&config, false).and_then(|config| config.only(Some(name)));
        assert!(only("initiative-1").expect("valid").partners.is_empty(), "the other has not agreed");
        std::fs::write(&other, format!("{second}{agreed}")).expect("written");
        let partners = only("initiative-1").expect("valid").partners;
        assert_eq!(partners.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["second"]);
    }
}
