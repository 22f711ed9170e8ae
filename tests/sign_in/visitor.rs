//! A browser without pages: keeps cookies, finds the form's token, follows nothing by itself.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The browser.
pub struct Visitor {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    base: String,
    cookies: RefCell<BTreeMap<String, String>>,
    token: RefCell<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// Status; 0 where nobody answered.
    pub status: u16,
    /// Where to go on.
    pub location: String,
    /// `Strict-Transport-Security`.
    pub hsts: String,
    /// The page.
    pub body: String,
}

impl Visitor {
    /// Of the pages at `base`, which has this certificate.
    pub fn new(base: &str, certificate: Option<&Path>) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        if let Some(file) = certificate {
            roots.add(CertificateDer::from_pem_file(file).expect("a certificate")).expect("a root");
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .timeout(std::time::Duration::from_secs(30))
            .build()
            .expect("a client");
        Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"),
            client,
            base: base.to_owned(),
            cookies: RefCell::default(),
            token: RefCell::default(),
        }
    }

    /// Asks for a path, or for a whole address.
    pub fn get(&self, path: &str) -> Answer {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        self.send(self.client.get(url))
    }

    /// Sends a form with the token of the page that was looked at last.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields).append_pair("form_token", &self.token.borrow());
        let request = self.client.post(url).header("content-type", "application/x-www-form-urlencoded");
        let body = form.finish();
        self.send(request.body(body))
    }

    /// Signs in by password.
    pub fn sign_in(&self, login: &str, password: &str) -> Answer {
        self.get("/sign-in");
        self.post("/sign-in", &[("login", login), ("password", password), ("next", "")])
    }

    fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = self.runtime.block_on(async {
            let answer = request.header("cookie", cookies.join("; ")).send().await?;
            let (status, headers, url) = (answer.status().as_u16(), answer.headers().clone(), answer.url().clone());
            Ok::<_, reqwest::Error>((status, headers, url, answer.text().await?))
        });
        let Ok((status, headers, url, body)) = answer else {
            return Answer { status: 0, location: String::new(), hsts: String::new(), body: String::new() };
        };
        for cookie in headers.get_all("set-cookie") {
            let pair = cookie.to_str().expect("text").split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a pair");
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        if let Some(token) = body.split("name=\"form_token\" value=\"").nth(1) {
            *self.token.borrow_mut() = token.split('"').next().expect("a value").to_owned();
        }
        let header = |name: &str| headers.get(name).map_or("", |value| value.to_str().expect("text")).to_owned();
        let mut location = header("location");
        // On another host's pages a path is that host's.
        if !location.is_empty() && !url.as_str().starts_with(&self.base) {
            location = url.join(&location).expect("a place to go on").into();
        }
        Answer { status, location, hsts: header("strict-transport-security"), body }
    }
}
