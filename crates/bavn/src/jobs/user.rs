//! `bavn user`: accounts of people.

use crate::cli::{Cli, RoleArg, UserAddArgs, UserCommand};
use crate::config::Config;
use crate::key::{Need, open_store};
use domain::{ProgrammeId, TeamId};
use std::io::{BufRead, IsTerminal, Write};
use store::{NewAccount, PersonRole, Store};

/// Shortest password (NIST SP 800-63B asks for 15 where it is the only factor, 8 else; length alone counts).
const LEAST_PASSWORD: usize = 12;

/// Adds, lists, changes or closes.
pub async fn run(cli: &Cli, command: &UserCommand) -> anyhow::Result<()> {
    let config = Config::load(&cli.config, false)?;
    let now = crate::time::now();
    let need = if matches!(command, UserCommand::Add(_)) { Need::Make } else { Need::Existing };
    let store = open_store(cli, need, now).await?;
    match command {
        UserCommand::Add(args) => add(&store, &config, args).await?,
        UserCommand::List => {
            let mut out = std::io::stdout().lock();
            for account in store.accounts().await? {
                let team = account.details.team.as_ref().map_or("-", TeamId::as_str);
                let state = if account.disabled_at.is_some() { "closed" } else { "open" };
                let (login, role) = (&account.details.login, account.details.role.as_str());
                writeln!(out, "{login:<20} {role:<16} {team:<12} {state:<7} {}", account.details.name)?;
            }
        }
        UserCommand::Password { login } => {
            let mut details = find(&store, login).await?.details;
            details.password_hash = web::password::hash(&ask_password()?)?;
            store.put_account(&details, &super::system_actor(), now).await?;
            eprintln!("{login} has a new password.");
        }
        UserCommand::Languages { login, languages } => {
            let languages = language_codes(languages)?;
            let account = find(&store, login).await?;
            store.set_account_languages(account.id, &languages, &super::system_actor(), now).await?;
            match languages.join(", ").as_str() {
                "" => eprintln!("{login} has the languages of the team."),
                named => eprintln!("{login} speaks {named}."),
            }
        }
        UserCommand::Close { login } => {
            let account = find(&store, login).await?;
            store.set_account_disabled(account.id, true, &super::system_actor(), now).await?;
            eprintln!("{login} is closed; open sessions have ended.");
        }
    }
    store.close().await;
    Ok(())
}

async fn find(store: &Store, login: &str) -> anyhow::Result<store::Account> {
    let account = store.account_by_login(&login.to_lowercase()).await?;
    account.ok_or_else(|| anyhow::anyhow!("there is no account '{login}'; 'bavn user list' names all"))
}

async fn add(store: &Store, config: &Config, args: &UserAddArgs) -> anyhow::Result<()> {
    let login = args.login.to_lowercase();
    if login.is_empty() || login.chars().any(|c| c.is_whitespace() || c.is_control()) || args.name.trim().is_empty() {
        anyhow::bail!("a log-in is one word and a name is not empty");
    }
    if store.account_by_login(&login).await?.is_some() {
        anyhow::bail!("there is an account '{login}' already; 'bavn user password {login}' gives it a new password");
    }
    let role = match args.role {
        RoleArg::Administrator => PersonRole::Administrator,
        RoleArg::Researcher => PersonRole::Researcher,
        RoleArg::OutreachWorker => PersonRole::OutreachWorker,
        RoleArg::Auditor => PersonRole::Auditor,
    };
    let programme = match (&args.team, role) {
        (Some(team), PersonRole::OutreachWorker) => config.team(team)?.0,
        (None, PersonRole::OutreachWorker) => anyhow::bail!("an outreach worker needs a team: name it with --team"),
        (Some(_), _) => anyhow::bail!("--team is for outreach workers only"),
        (None, _) => config.programme(args.programme.as_deref())?,
    };
    let account = NewAccount {
        login: login.clone(),
        name: args.name.clone(),
        role,
        team: args.team.clone().map(TeamId),
        programme: Some(ProgrammeId(programme.id.clone())),
        organisation: Some(config.settings.controller.organisation.clone()).filter(|name| !name.is_empty()),
        language: config.settings.serve.language.clone(),
        urgent_contact: false,
        password_hash: web::password::hash(&ask_password()?)?,
    };
    let languages = language_codes(&args.languages)?;
    let now = crate::time::now();
    let id = store.put_account(&account, &super::system_actor(), now).await?;
    if !languages.is_empty() {
        store.set_account_languages(id, &languages, &super::system_actor(), now).await?;
    }
    eprintln!("{login} can sign in now.");
    Ok(())
}

/// Codes of languages as they are kept: two letters, in the order given.
fn language_codes(given: &[String]) -> anyhow::Result<Vec<String>> {
    let codes: Vec<String> = given.iter().map(|code| code.trim().to_lowercase()).filter(|c| !c.is_empty()).collect();
    match codes.iter().find(|code| code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_lowercase())) {
        Some(code) => anyhow::bail!("'{code}' is no language code of two letters, as in --languages da,en,ro"),
        None => Ok(codes),
    }
}

/// The password from standard input: one line. On a terminal it is asked for; it is shown while typing, which the
/// question says.
fn ask_password() -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprint!("Password (at least {LEAST_PASSWORD} characters; it is shown while you type): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.chars().count() < LEAST_PASSWORD {
        anyhow::bail!("the password needs at least {LEAST_PASSWORD} characters; it is read from standard input");
    }
    Ok(password)
}
