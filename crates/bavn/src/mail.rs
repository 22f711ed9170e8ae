//! The one sender of mail. Whoever writes a mail sees to it that nothing personal stands in it; nothing personal is
//! logged here either, so that of a refusal only its kind goes on.

use crate::config::{SmtpSecurity, SmtpSettings};
use anyhow::Context;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::time::Duration;

/// Longest time for one mail.
const PATIENCE: Duration = Duration::from_secs(20);

/// The way to the mail server of the configuration.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// Reads the password, if one is needed; connects only when something is sent.
    pub fn new(smtp: &SmtpSettings) -> anyhow::Result<Mailer> {
        let builder = match smtp.security {
            SmtpSecurity::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(&smtp.server),
            SmtpSecurity::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(&smtp.server),
            SmtpSecurity::None => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.server)),
        };
        let mut builder = builder.context("smtp.server")?.port(smtp.port).timeout(Some(PATIENCE));
        if !smtp.user.is_empty() {
            let password = std::fs::read_to_string(&smtp.password_file)
                .with_context(|| format!("smtp.password_file '{}'", smtp.password_file))?;
            builder = builder.credentials(Credentials::new(smtp.user.clone(), password.trim().to_owned()));
        }
        Ok(Mailer { transport: builder.build(), from: smtp.from.parse().context("smtp.from")? })
    }

    /// Sends one plain text to one address.
    pub async fn send(&self, to: &str, subject: &str, body: &str) -> anyhow::Result<()> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(to.parse().context("an address that mails go to")?)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body.to_owned())
            .context("writing the mail")?;
        match tokio::time::timeout(PATIENCE, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            // The server's answer may repeat the address: only what kind of fault it was goes on.
            Ok(Err(error)) => anyhow::bail!("{}", kind_of(&error)),
            Err(_) => anyhow::bail!("the mail server did not answer within {} seconds", PATIENCE.as_secs()),
        }
    }
}

fn kind_of(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server refused it ({code})"),
        None if error.is_tls() => "the mail server's certificate or encryption was not accepted".to_owned(),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None => "the mail server could not be reached or did not speak SMTP".to_owned(),
    }
}
