//! Notices of the urgent route by e-mail: to the people appointed as soon as a case is in it, and on to others where
//! nobody answers in time. A mail holds nothing personal: how many cases wait, the statutory duty, where to sign in.

use crate::config::{Config, Programme, SmtpSettings};
use crate::mail::Mailer;
use jiff::{SignedDuration, Timestamp};
use store::{Store, Told, UrgentNotice};

/// Follows the urgent route, and sends what is due. What cannot be sent stays due.
pub async fn send_due(store: &Store, config: &Config, now: Timestamp) -> anyhow::Result<()> {
    let open = store.follow_urgent(now).await?;
    if open.is_empty() || config.settings.smtp.server.is_empty() {
        return Ok(());
    }
    for programme in config.programmes.values() {
        let own: Vec<&UrgentNotice> = open.iter().filter(|notice| notice.programme.as_str() == programme.id).collect();
        let waits = SignedDuration::from_mins(i64::from(programme.urgent.answer_min));
        // Whoever has answered needs no mail any more, whether or not one went out.
        let waits_for_mail = |of: &&&UrgentNotice| of.told_at.is_none() && of.acknowledged.is_none();
        let untold: Vec<i64> = own.iter().filter(waits_for_mail).map(|of| of.id).collect();
        // Also where the first mail never went out: an hour is an hour.
        let late = |of: &&&UrgentNotice| {
            of.acknowledged.is_none() && of.escalated_at.is_none() && now.duration_since(of.opened_at) >= waits
        };
        let overdue: Vec<i64> = own.iter().filter(late).map(|of| of.id).collect();
        let people: Vec<&str> = programme.urgent.people.iter().map(|person| person.email.as_str()).collect();
        let others: Vec<&str> = programme.urgent.escalate_to.iter().map(String::as_str).collect();
        send(store, config, programme, &untold, &people, false, now).await?;
        send(store, config, programme, &overdue, &others, true, now).await?;
    }
    Ok(())
}

async fn send(
    store: &Store,
    config: &Config,
    programme: &Programme,
    notices: &[i64],
    to: &[&str],
    escalated: bool,
    now: Timestamp,
) -> anyhow::Result<()> {
    if notices.is_empty() || to.is_empty() {
        return Ok(());
    }
    let told = match mail(&config.settings.smtp, programme, notices.len(), to, escalated).await {
        Ok(people) if escalated => Told::Escalated(people),
        Ok(people) => Told::Sent(people),
        Err(error) => {
            // Logged without an address: only the kind of fault.
            tracing::error!("a notice of the urgent route could not be sent and is tried again: {error:#}");
            Told::Failed(format!("{error:#}").chars().take(200).collect())
        }
    };
    store.urgent_told(notices, &told, now).await?;
    Ok(())
}

/// Sends one mail to each, and tells how many were taken. An address that is refused keeps nobody else from being told,
/// and nobody is told twice on its account; where no mail was taken it is a failure.
async fn mail(
    smtp: &SmtpSettings,
    programme: &Programme,
    cases: usize,
    to: &[&str],
    escalated: bool,
) -> anyhow::Result<u32> {
    let mailer = Mailer::new(smtp)?;
    let (subject, body) = words(smtp, programme, cases, escalated);
    let (mut taken, mut refused) = (0, None);
    for address in to {
        match mailer.send(address, &subject, &body).await {
            Ok(()) => taken += 1,
            Err(error) => {
                // Logged without an address: only the kind of fault.
                tracing::error!("one of those appointed could not be told of the urgent route: {error:#}");
                refused = Some(error);
            }
        }
    }
    refused.filter(|_| taken == 0).map_or(Ok(taken), Err)
}

/// Subject and body, Danish then English.
fn words(smtp: &SmtpSettings, programme: &Programme, cases: usize, escalated: bool) -> (String, String) {
    let subject = if escalated {
        "bavn: hasteforløb uden svar / urgent route unanswered"
    } else {
        "bavn: hasteforløb / urgent route"
    };
    let mut lines = Vec::new();
    let (da, en) = match escalated {
        true => (
            "venter på svar i hasteforløbet, og ingen udpeget har svaret i tide",
            "wait in the urgent route, and nobody appointed has answered in time",
        ),
        false => (
            "er kommet i hasteforløbet. Svar i bavn, at du tager dig af det",
            "came into the urgent route. Answer in bavn that you look after it",
        ),
    };
    lines.push(format!("{cases} sag(er) {da}."));
    if let Some(duty) = &programme.duty {
        lines.push(format!("{} ({}; kontrolleret {})", duty.text.da, duty.law, duty.checked));
    }
    lines.push(String::new());
    lines.push(format!("{cases} case(s) {en}."));
    if let Some(duty) = &programme.duty {
        lines.push(format!("{} ({}; checked {})", duty.text.en, duty.law, duty.checked));
    }
    if !smtp.pages_url.is_empty() {
        lines.push(String::new());
        lines.push(smtp.pages_url.clone());
    }
    (subject.to_owned(), lines.join("\n"))
}

/// The people whom the programmes appoint may see cases in the urgent route, and nobody else. Says which log-ins nobody
/// has.
pub async fn appoint(store: &Store, config: &Config, now: Timestamp) -> anyhow::Result<()> {
    let logins: Vec<String> = config
        .programmes
        .values()
        .flat_map(|programme| programme.urgent.people.iter().map(|person| person.login.to_lowercase()))
        .collect();
    if logins.is_empty() {
        // Appointed otherwise (a store of before the configuration named them): left as it is.
        return Ok(());
    }
    for login in store.appoint_urgent(&logins, &super::system_actor(), now).await? {
        eprintln!("'{login}' is appointed for the urgent route but has no account: 'bavn user add {login}' makes one");
    }
    Ok(())
}
