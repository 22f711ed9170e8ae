//! `bavn user`: accounts of people.

use crate::cli::{Cli, RoleArg, UserAddArgs, UserCommand};
use crate::config::Config;
use crate::key::{Need, open_store};
use domain::{ProgrammeId, TeamId};
use std::io::{BufRead, IsTerminal, Write};
use store::{Account, NewAccount, PersonRole, Store};

/// Adds, lists, changes or closes.
pub async fn run(cli: &Cli, command: &UserCommand) -> anyhow::Result<()> {
    let config = Config::of(cli, false)?;
    let now = crate::time::now();
    let makes = matches!(command, UserCommand::Add(_) | UserCommand::Invite(_));
    let need = if makes { Need::Make } else { Need::Existing };
    let store = open_store(cli, need, now).await?;
    match command {
        UserCommand::Add(args) => add(&store, &config, args).await?,
        UserCommand::Invite(args) => invite(&store, &config, args).await?,
        UserCommand::Link { login } => {
            let account = find(&store, login).await?;
            if account.disabled_at.is_some() {
                anyhow::bail!("{login} is closed: open it first with 'bavn user open {login}'");
            }
            print_link(&store, &config, &account).await?;
        }
        UserCommand::Sessions { login, end } => sessions(&store, &find(&store, login).await?, *end).await?,
        UserCommand::Open { login } => {
            let account = find(&store, login).await?;
            store.set_account_disabled(account.id, false, &super::system_actor(), now).await?;
            eprintln!("{login} is open again.");
        }
        UserCommand::List => {
            let mut out = std::io::stdout().lock();
            for account in store.accounts().await? {
                let team = account.details.team.as_ref().map_or("-", TeamId::as_str);
                let state = match (&account.disabled_at, account.details.password_hash.is_empty()) {
                    (Some(_), _) => "closed",
                    (None, true) => "invited",
                    (None, false) => "open",
                };
                let (login, role) = (&account.details.login, account.details.role.as_str());
                writeln!(out, "{login:<20} {role:<16} {team:<12} {state:<7} {}", account.details.name)?;
            }
        }
        UserCommand::Password { login } => {
            let account = find(&store, login).await?;
            let hash = web::password::hash(&ask_password(&account.details.login, &account.details.name)?)?;
            store.set_password(account.id, &hash, &super::system_actor(), now).await?;
            eprintln!("{login} has a new password; open sessions have ended.");
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
    let mut account = new_account(store, config, args).await?;
    account.password_hash = web::password::hash(&ask_password(&account.login, &account.name)?)?;
    put(store, args, &account).await?;
    eprintln!("{} can sign in now.", account.login);
    if config.settings.sign_in.roles().unwrap_or_default().contains(&account.role) {
        eprintln!(
            "At the first sign-in the pages ask for an authenticator app to be set up ([sign_in] second_factor)."
        );
    }
    Ok(())
}

async fn invite(store: &Store, config: &Config, args: &UserAddArgs) -> anyhow::Result<()> {
    let account = new_account(store, config, args).await?;
    put(store, args, &account).await?;
    print_link(store, config, &find(store, &account.login).await?).await
}

/// Keeps a new account with the languages that its owner speaks.
async fn put(store: &Store, args: &UserAddArgs, account: &NewAccount) -> anyhow::Result<()> {
    let (languages, now) = (language_codes(&args.languages)?, crate::time::now());
    let id = store.add_account(account, &super::system_actor(), now).await?;
    if !languages.is_empty() {
        store.set_account_languages(id, &languages, &super::system_actor(), now).await?;
    }
    Ok(())
}

async fn print_link(store: &Store, config: &Config, account: &Account) -> anyhow::Result<()> {
    let (now, hours) = (crate::time::now(), config.settings.sign_in.invitation_hours);
    let until = now + jiff::SignedDuration::from_hours(i64::from(hours));
    let token = store.invite(account.id, until, &super::system_actor(), now).await?;
    let pages = config.settings.smtp.pages_url.trim_end_matches('/');
    let base = match pages {
        "" => {
            let serve = &config.settings.serve;
            let scheme = if serve.https || !serve.certificate.is_empty() { "https" } else { "http" };
            format!("{scheme}://{}", serve.listen)
        }
        pages => pages.to_owned(),
    };
    println!("{base}/invitation/{}", token.as_str());
    eprintln!(
        "The link is for {} alone, works once and for {hours} hours. Whoever holds it can sign in as this account.",
        account.details.name
    );
    if pages.is_empty() {
        eprintln!(
            "It begins with the address that the pages listen on; where people reach them by another, put that in its place (or set smtp.pages_url)."
        );
    }
    Ok(())
}

async fn sessions(store: &Store, account: &Account, end: bool) -> anyhow::Result<()> {
    let now = crate::time::now();
    if end {
        let ended = store.end_sessions(account.id, |_| true, &super::system_actor(), now).await?;
        eprintln!("{ended} sessions have ended.");
        return Ok(());
    }
    let mut out = std::io::stdout().lock();
    for shown in store.sessions_of(account.id, now).await? {
        let time = |at: Option<jiff::Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let device = shown.device.filter(|device| !device.is_empty()).unwrap_or_else(|| "unknown".to_owned());
        writeln!(out, "{device:<24} since {}  last used {}", time(shown.begun_at), time(shown.seen_at))?;
    }
    Ok(())
}

/// An account as asked for, without a password.
async fn new_account(store: &Store, config: &Config, args: &UserAddArgs) -> anyhow::Result<NewAccount> {
    let login = args.login.to_lowercase();
    if login.is_empty() || login.chars().any(|c| c.is_whitespace() || c.is_control()) || args.name.trim().is_empty() {
        anyhow::bail!("a log-in is one word and a name is not empty");
    }
    if store.account_by_login(&login).await?.is_some() {
        anyhow::bail!(
            "there is an account '{login}' already; 'bavn user link {login}' makes a link by which it gets a new password"
        );
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
        (None, _) => config.programme(None)?,
    };
    Ok(NewAccount {
        login,
        name: args.name.clone(),
        role,
        team: args.team.clone().map(TeamId),
        programme: Some(ProgrammeId(programme.id.clone())),
        organisation: Some(config.settings.controller.organisation.clone()).filter(|name| !name.is_empty()),
        language: config.settings.serve.language.clone(),
        urgent_contact: false,
        password_hash: String::new(),
    })
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
fn ask_password(login: &str, name: &str) -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let least = web::password::LEAST;
        eprint!("Password (at least {least} characters; it is shown while you type): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    web::password::check(&password, login, name)
        .map_err(|weak| anyhow::anyhow!("{weak}; it is read from standard input"))?;
    Ok(password)
}
