//! Alarms: what calls for somebody is found out, kept while it lasts, and told by mail and webhook: once when it begins,
//! once when it is over. Nothing personal is in them: neither who looked too often nor of whom a case is.

use crate::config::{AlarmSettings, Config};
use crate::jobs::backup::{MADE, VERIFIED};
use crate::mail::Mailer;
use domain::Bilingual;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::{AlarmNotice, AlarmNow, Store};

/// Under which names the store keeps why the last deletion or backup failed; empty once one went well.
pub const DELETION_FAILED: &str = "retention_failed";
/// As [`DELETION_FAILED`], for backups.
pub const BACKUP_FAILED: &str = "backup_failed";
/// Since when this installation is kept in order by 'bavn run'.
const SINCE: &str = "alarms_since";

/// Finds out what calls, and tells what is due. What cannot be told is tried again later.
pub async fn follow(config: &Config, store: &Store, config_fault: bool, now: Timestamp) -> anyhow::Result<()> {
    let mut calls = conditions(config, store, now).await?;
    if config_fault {
        calls.push(("configuration", String::new()));
    }
    let settings = &config.settings.alarms;
    let calls: Vec<AlarmNow> = calls
        .into_iter()
        .map(|(kind, subject)| AlarmNow { kind: kind.to_owned(), subject, ways: ways(settings, kind) })
        .collect();
    store.follow_alarms(&calls, now).await?;
    for notice in store.alarm_notices_due(now).await? {
        let sent = match tell(config, &notice).await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(kind = %notice.alarm.kind, "an alarm could not be told and is tried again: {error:#}");
                false
            }
        };
        store.alarm_told(&notice, sent, now).await?;
    }
    Ok(())
}

/// What calls for somebody, as kind and subject.
async fn conditions(config: &Config, store: &Store, now: Timestamp) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut calls = Vec::new();
    for notice in store.open_notices().await? {
        // A pause is an administrator's own act.
        let kind = match notice.phase.as_str() {
            "waiting" => "site-waiting",
            "failed" => "site-failed",
            "closed" => "site-closed",
            _ => continue,
        };
        calls.push((kind, notice.site.0.clone()));
    }
    // An alarm over looks stays for the day of its limit: who it was stands on the auditor's page.
    let today = crate::time::local_day(now);
    for alarm in store.look_alarms(now - SignedDuration::from_hours(24)).await? {
        let subject = format!("{} {}", alarm.class.as_str(), crate::time::local_day(alarm.at));
        if crate::time::local_day(alarm.at) == today && !calls.contains(&("looks", subject.clone())) {
            calls.push(("looks", subject));
        }
    }
    for (name, kind) in [(DELETION_FAILED, "retention-failed"), (BACKUP_FAILED, "backup-failed")] {
        if store.setting(name).await?.is_some_and(|why| !why.is_empty()) {
            calls.push((kind, String::new()));
        }
    }
    let backup = &config.settings.backup;
    if !backup.folder.is_empty() {
        let since = match super::upkeep::kept_time(store, SINCE).await? {
            Some(since) => since,
            None => {
                store.put_setting(SINCE, &now.to_string()).await?;
                now
            }
        };
        let hours = |last: Option<Timestamp>| now.duration_since(last.unwrap_or(since)).as_hours();
        if hours(super::upkeep::kept_time(store, MADE).await?) >= i64::from(config.settings.alarms.backup_hours) {
            calls.push(("backup-old", String::new()));
        }
        let tried = super::upkeep::kept_time(store, VERIFIED).await?;
        if !backup.secret_file.is_empty() && hours(tried) >= 24 * (i64::from(backup.verify_days) + 2) {
            calls.push(("restore-old", String::new()));
        }
    }
    for (id, adapter) in &config.sites {
        let settings = adapter.settings();
        let days = i64::from(config.settings.alarms.approval_days);
        if let Some(approval) = &settings.approval
            && i64::from((approval.until - today).get_days()) <= days
        {
            calls.push(("approval", id.clone()));
        }
    }
    Ok(calls)
}

/// A short name of an address: the store keeps no address.
fn way_of(address: &str) -> String {
    let digest = Sha256::digest(address.trim().to_lowercase());
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("mail-{hex}")
}

fn ways(settings: &AlarmSettings, kind: &str) -> Vec<String> {
    let addresses = if kind == "looks" { &settings.auditor_emails } else { &settings.emails };
    let mut ways: Vec<String> = addresses.iter().map(|address| way_of(address)).collect();
    if !settings.webhook.is_empty() {
        ways.push("webhook".to_owned());
    }
    ways.sort();
    ways.dedup();
    ways
}

async fn tell(config: &Config, notice: &AlarmNotice) -> anyhow::Result<()> {
    let settings = &config.settings.alarms;
    let words = words(&notice.alarm.kind, &notice.alarm.subject);
    if notice.way == "webhook" {
        // Taken out of the configuration since: nobody is to be told any more.
        return if settings.webhook.is_empty() { Ok(()) } else { post(settings, notice, &words).await };
    }
    let mut addresses = settings.emails.iter().chain(&settings.auditor_emails);
    let Some(address) = addresses.find(|address| way_of(address) == notice.way) else { return Ok(()) };
    let (subject, body) = mail(&config.settings.smtp.pages_url, notice, &words);
    Mailer::new(&config.settings.smtp)?.send(address, &subject, &body).await
}

fn mail(pages_url: &str, notice: &AlarmNotice, words: &Bilingual) -> (String, String) {
    let at = |at: Timestamp| at.to_zoned_datetime(crate::time::zone()).strftime("%Y-%m-%d %H:%M").to_string();
    let began = at(notice.alarm.began_at);
    let (subject, state) = match (notice.ended, notice.alarm.ended_at) {
        (true, Some(ended)) => (
            "bavn: overstået / over",
            format!("Varede fra {began} til {}. / Lasted from {began} to {}.", at(ended), at(ended)),
        ),
        _ => ("bavn: alarm", format!("Siden {began}. / Since {began}.")),
    };
    let mut lines = vec![words.da.clone(), words.en.clone(), String::new(), state];
    if !pages_url.is_empty() {
        lines.extend([String::new(), pages_url.to_owned()]);
    }
    (subject.to_owned(), lines.join("\n"))
}

async fn post(settings: &AlarmSettings, notice: &AlarmNotice, words: &Bilingual) -> anyhow::Result<()> {
    let body = serde_json::json!({
        "alarm": notice.alarm.id,
        "state": if notice.ended { "over" } else { "begun" },
        "kind": notice.alarm.kind,
        "subject": notice.alarm.subject,
        "began_at": notice.alarm.began_at.to_string(),
        "ended_at": notice.alarm.ended_at.map(|at| at.to_string()),
        "text": { "da": words.da, "en": words.en },
    })
    .to_string();
    let mut headers = vec![("user-agent", format!("bavn/{}", env!("CARGO_PKG_VERSION")))];
    if !settings.webhook_secret_file.is_empty() {
        let secret = std::fs::read_to_string(&settings.webhook_secret_file).map_err(|error| {
            anyhow::anyhow!("alarms.webhook_secret_file '{}': {error}", settings.webhook_secret_file)
        })?;
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.trim().as_bytes())?;
        mac.update(body.as_bytes());
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        headers.push(("x-bavn-signature", format!("sha256={hex}")));
    }
    let status = crawler::post_json(&settings.webhook, &headers, body).await?;
    anyhow::ensure!((200..300).contains(&status), "the webhook answered {status}");
    Ok(())
}

/// What an alarm says, in both languages.
pub fn words(kind: &str, subject: &str) -> Bilingual {
    let both = |da: String, en: String| Bilingual { da, en };
    match kind {
        "site-waiting" => both(
            format!("Siden '{subject}' kan ikke læses for tiden; bavn venter."),
            format!("Site '{subject}' cannot be read for now; bavn waits."),
        ),
        "site-failed" => both(
            format!("Læsningen af siden '{subject}' holdt ikke sine grænser; de sidste gode data er i brug."),
            format!("The run over site '{subject}' broke its bounds; the last good data stay in use."),
        ),
        "site-closed" => both(
            format!("Siden '{subject}' læses ikke: godkendelse eller robots.txt tillader det ikke."),
            format!("Site '{subject}' is not read: its approval or robots.txt does not allow it."),
        ),
        "looks" => both(
            format!("Nogen har passeret en grænse for opslag ({subject}). Se siden 'Log'."),
            format!("Somebody passed a limit of looks ({subject}). See the page 'Log'."),
        ),
        "retention-failed" => both(
            "Det, der skulle slettes, kunne ikke slettes; der prøves igen. Se serverens log.".to_owned(),
            "What was due could not be deleted and is tried again. See the server's log.".to_owned(),
        ),
        "backup-failed" => both(
            "Der kunne ikke laves sikkerhedskopi, eller den kunne ikke prøves; der prøves igen.".to_owned(),
            "A backup could not be made or tried; it is tried again.".to_owned(),
        ),
        "backup-old" => {
            both("Den nyeste sikkerhedskopi er for gammel.".to_owned(), "The newest backup is too old.".to_owned())
        }
        "restore-old" => both(
            "Det er for længe siden, at en sikkerhedskopi blev genskabt på prøve.".to_owned(),
            "It is too long since a backup was restored on trial.".to_owned(),
        ),
        "approval" => both(
            format!("Godkendelsen af siden '{subject}' udløber snart."),
            format!("The approval of site '{subject}' ends soon."),
        ),
        "configuration" => both(
            "En fil i konfigurationen er ikke gyldig; den sidste gyldige er i brug. Se siden 'Indstillinger'."
                .to_owned(),
            "A file of the configuration is not valid; the last good one is in use. See the page 'Settings'."
                .to_owned(),
        ),
        _ => both(format!("{kind} {subject}"), format!("{kind} {subject}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_name_no_address_and_looks_go_to_auditors() {
        let settings = AlarmSettings {
            emails: vec!["drift@example.dk".to_owned(), "Drift@example.dk ".to_owned()],
            auditor_emails: vec!["revisor@example.dk".to_owned()],
            webhook: "https://example.dk/hook".to_owned(),
            ..AlarmSettings::default()
        };
        let (crawl, looks) = (ways(&settings, "site-failed"), ways(&settings, "looks"));
        assert_eq!(crawl.len(), 2, "one address written twice is one way: {crawl:?}");
        assert!(crawl.iter().chain(&looks).all(|way| !way.contains("example")), "{crawl:?}");
        assert_ne!(crawl[0], looks[0]);
        assert_eq!(looks, [way_of("revisor@example.dk"), "webhook".to_owned()]);
    }

    #[test]
    fn every_kind_has_its_words() {
        for kind in [
            "site-waiting",
            "site-failed",
            "site-closed",
            "looks",
            "retention-failed",
            "backup-failed",
            "backup-old",
            "restore-old",
            "approval",
            "configuration",
        ] {
            let words = words(kind, "s1");
            assert!(!words.da.starts_with(kind) && !words.en.starts_with(kind) && words.da != words.en, "{kind}");
        }
    }
}
