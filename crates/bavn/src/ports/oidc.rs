//! An identity provider by OpenID Connect (Core 1.0, Discovery 1.0): authorisation code with PKCE (RFC 7636), state and
//! nonce. Small code of our own over `ring`, which is here already (docs/adr/0020): what is needed of it is one flow, and
//! two kinds of signature.

use crate::config::OidcSettings;
use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SecureRandom;
use ring::signature;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use web::{Identity, IdentityAsked, IdentityError, IdentityProvider};

/// How far the provider's clock may differ, in seconds.
const SKEW_S: i64 = 60;
/// How long what the provider says of itself is believed.
const BELIEVED: Duration = Duration::from_secs(3_600);
/// Least time between two looks at its keys: a token with an unknown key does not make us ask each time.
const KEYS_AGAIN: Duration = Duration::from_secs(30);
/// Largest answer that is read.
const MOST_BYTES: usize = 512 * 1024;

/// The configured provider, where there is one.
pub fn identity_provider(settings: &OidcSettings) -> anyhow::Result<Option<Arc<dyn IdentityProvider>>> {
    if settings.issuer.is_empty() {
        return Ok(None);
    }
    let secret = match settings.client_secret_file.as_str() {
        "" => None,
        file => {
            let text = std::fs::read_to_string(file).with_context(|| format!("oidc.client_secret_file {file}"))?;
            Some(text.trim().to_owned())
        }
    };
    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(crawler::fetch::trusted()?)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(15))
        .build()
        .context("preparing requests to the identity provider")?;
    Ok(Some(Arc::new(Oidc { settings: settings.clone(), secret, http, known: Mutex::new(None) })))
}

struct Oidc {
    settings: OidcSettings,
    secret: Option<String>,
    http: reqwest::Client,
    known: Mutex<Option<Known>>,
}

/// What the provider says of itself (Discovery 1.0, section 3).
#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
}

#[derive(Clone)]
struct Known {
    metadata: Metadata,
    keys: Arc<Vec<Jwk>>,
    at: Instant,
    keys_at: Instant,
}

/// A public key (RFC 7517).
#[derive(Debug, Clone, Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    #[serde(flatten)]
    names: Names,
}

#[derive(Deserialize, Default)]
struct Names {
    preferred_username: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    names: Names,
}

fn fault(what: impl Into<String>) -> IdentityError {
    IdentityError { what: what.into() }
}

fn random() -> Result<String, IdentityError> {
    let mut bytes = [0; 32];
    ring::rand::SystemRandom::new().fill(&mut bytes).map_err(|_| fault("the system gives no random numbers"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[async_trait::async_trait]
impl IdentityProvider for Oidc {
    fn name(&self) -> &str {
        &self.settings.name
    }

    async fn begin(&self, back: &str) -> Result<IdentityAsked, IdentityError> {
        let known = self.known().await?;
        let (state, nonce, verifier) = (random()?, random()?, random()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let mut url = url::Url::parse(&known.metadata.authorization_endpoint)
            .map_err(|_| fault("its authorization_endpoint is no address"))?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", back)
            .append_pair("scope", if self.settings.login_claim == "email" { "openid email" } else { "openid profile" })
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(IdentityAsked { url: url.into(), state, nonce, verifier })
    }

    async fn finish(&self, code: &str, back: &str, asked: &IdentityAsked) -> Result<Identity, IdentityError> {
        let known = self.known().await?;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", back)
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("code_verifier", &asked.verifier)
            .finish();
        let mut request = self
            .http
            .post(&known.metadata.token_endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(form);
        if let Some(secret) = &self.secret {
            // RFC 6749, 2.3.1: both are form-encoded first.
            let coded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            request = request.basic_auth(coded(&self.settings.client_id), Some(coded(secret)));
        }
        let tokens: Tokens = read("its token endpoint", request).await?;
        let claims = self.verified(&tokens.id_token, &asked.nonce, known.clone()).await?;
        let mut names = claims.names;
        let named = if self.settings.login_claim == "email" { &names.email } else { &names.preferred_username };
        if named.is_none() {
            names = self.user_info(&known, tokens.access_token.as_deref(), &claims.sub).await?;
        }
        let login = match self.settings.login_claim.as_str() {
            "email" => names.email.filter(|_| names.email_verified == Some(true)),
            _ => names.preferred_username,
        };
        Ok(Identity {
            issuer: claims.iss,
            subject: claims.sub,
            login: login.map(|login| login.trim().to_lowercase()).filter(|login| !login.is_empty()),
            second_factor: self.settings.second_factor,
        })
    }
}

impl Oidc {
    async fn known(&self) -> Result<Known, IdentityError> {
        // The lock is not held while the provider is asked: one that is slow makes nobody wait who needs no answer of it.
        if let Some(known) = self.known.lock().await.as_ref().filter(|known| known.at.elapsed() < BELIEVED) {
            return Ok(known.clone());
        }
        let issuer = self.settings.issuer.trim_end_matches('/');
        let url = format!("{issuer}/.well-known/openid-configuration");
        let metadata: Metadata = read("its configuration", self.http.get(url)).await?;
        if metadata.issuer.trim_end_matches('/') != issuer {
            return Err(fault("it names itself otherwise than oidc.issuer does"));
        }
        let ends = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        let own = ["http://127.0.0.1:", "http://localhost:"];
        let is_open = |end: &String| !end.starts_with("https://") && !own.iter().any(|own| end.starts_with(own));
        if ends.into_iter().chain(&metadata.userinfo_endpoint).any(is_open) {
            return Err(fault("one of its addresses is not https"));
        }
        let keys = self.keys(&metadata).await?;
        let now = Instant::now();
        let known = Known { metadata, keys, at: now, keys_at: now };
        *self.known.lock().await = Some(known.clone());
        Ok(known)
    }

    async fn keys(&self, metadata: &Metadata) -> Result<Arc<Vec<Jwk>>, IdentityError> {
        let found: Jwks = read("its keys", self.http.get(&metadata.jwks_uri)).await?;
        // A key of a kind that we do not know is passed over.
        Ok(Arc::new(found.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect()))
    }

    /// The claims of an identity token whose signature and content hold (Core 1.0, section 3.1.3.7).
    async fn verified(&self, token: &str, nonce: &str, mut known: Known) -> Result<Claims, IdentityError> {
        let now = jiff::Timestamp::now().as_second();
        let expects = Expects { issuer: &known.metadata.issuer, client: &self.settings.client_id, nonce, now };
        let first = check(token, &known.keys, &expects);
        if !matches!(first, Err(Wrong::NoKey)) || known.keys_at.elapsed() < KEYS_AGAIN {
            return first.map_err(|wrong| fault(wrong.words()));
        }
        // It may have new keys.
        known.keys = self.keys(&known.metadata).await?;
        known.keys_at = Instant::now();
        *self.known.lock().await = Some(known.clone());
        let expects = Expects { issuer: &known.metadata.issuer, client: &self.settings.client_id, nonce, now };
        check(token, &known.keys, &expects).map_err(|wrong| fault(wrong.words()))
    }

    async fn user_info(&self, known: &Known, token: Option<&str>, subject: &str) -> Result<Names, IdentityError> {
        let (Some(url), Some(token)) = (&known.metadata.userinfo_endpoint, token) else { return Ok(Names::default()) };
        let info: UserInfo = read("its userinfo endpoint", self.http.get(url).bearer_auth(token)).await?;
        // Core 1.0, 5.3.2: another subject's answer is not used.
        if info.sub == subject { Ok(info.names) } else { Err(fault("its userinfo is of somebody else")) }
    }
}

/// Reads an answer; of a refusal only the status is told, since the body may name people.
async fn read<T: DeserializeOwned>(what: &str, request: reqwest::RequestBuilder) -> Result<T, IdentityError> {
    let unreachable = |error: reqwest::Error| fault(format!("{what} does not answer ({})", error.without_url()));
    let mut answer = request.send().await.map_err(unreachable)?;
    if !answer.status().is_success() {
        return Err(fault(format!("{what} answered {}", answer.status().as_u16())));
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            return Err(fault(format!("{what} answered more than {MOST_BYTES} bytes")));
        }
    }
    serde_json::from_slice(&body).map_err(|_| fault(format!("{what} answered something else than it should")))
}

/// What a token must say.
struct Expects<'a> {
    issuer: &'a str,
    client: &'a str,
    nonce: &'a str,
    now: i64,
}

/// What is wrong with a token.
#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    Form,
    Algorithm,
    NoKey,
    Signature,
    Issuer,
    Audience,
    Time,
    Nonce,
}

impl Wrong {
    fn words(&self) -> &'static str {
        match self {
            Wrong::Form => "its identity token cannot be read",
            Wrong::Algorithm => "its identity token is signed by an algorithm other than RS256, PS256, ES256 and EdDSA",
            Wrong::NoKey => "its identity token is signed by a key that it does not publish",
            Wrong::Signature => "the signature of its identity token is wrong",
            Wrong::Issuer => "its identity token names another issuer",
            Wrong::Audience => "its identity token is for somebody else",
            Wrong::Time => "its identity token is too old, or from the future; check both clocks",
            Wrong::Nonce => "its identity token belongs to another sign-in",
        }
    }
}

fn check(token: &str, keys: &[Jwk], expects: &Expects<'_>) -> Result<Claims, Wrong> {
    let mut parts = token.split('.');
    let (Some(head), Some(body), Some(mac), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(Wrong::Form);
    };
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Wrong::Form);
    let header: Header = serde_json::from_slice(&bytes(head)?).map_err(|_| Wrong::Form)?;
    // RFC 7515, 4.1.11: what must be understood and is not makes the token void. We understand no such thing.
    if header.crit.is_some() {
        return Err(Wrong::Form);
    }
    let kind = match header.alg.as_str() {
        "RS256" | "PS256" => "RSA",
        "ES256" => "EC",
        "EdDSA" => "OKP",
        // "none" and keyed hashes above all.
        _ => return Err(Wrong::Algorithm),
    };
    let fits = |key: &&Jwk| {
        key.kty == kind
            && key.usage.as_deref().is_none_or(|usage| usage == "sig")
            && key.alg.as_deref().is_none_or(|alg| alg == header.alg)
            && (header.kid.is_none() || key.kid == header.kid)
    };
    let mut fitting = keys.iter().filter(fits).peekable();
    if fitting.peek().is_none() {
        return Err(Wrong::NoKey);
    }
    let signed = &token.as_bytes()[..head.len() + 1 + body.len()];
    let mac = bytes(mac)?;
    if !fitting.any(|key| signature_holds(&header.alg, key, signed, &mac)) {
        return Err(Wrong::Signature);
    }
    let claims: Claims = serde_json::from_slice(&bytes(body)?).map_err(|_| Wrong::Form)?;
    if claims.iss != expects.issuer {
        return Err(Wrong::Issuer);
    }
    let (ours, several) = match &claims.aud {
        Audience::One(one) => (one == expects.client, false),
        Audience::Many(many) => (many.iter().any(|one| one == expects.client), many.len() > 1),
    };
    let for_us = claims.azp.as_deref().map_or(!several, |azp| azp == expects.client);
    if !ours || !for_us {
        return Err(Wrong::Audience);
    }
    if claims.exp.saturating_add(SKEW_S) <= expects.now || claims.iat > expects.now + SKEW_S {
        return Err(Wrong::Time);
    }
    if claims.nonce.as_deref() != Some(expects.nonce) {
        return Err(Wrong::Nonce);
    }
    Ok(claims)
}

fn signature_holds(algorithm: &str, key: &Jwk, signed: &[u8], mac: &[u8]) -> bool {
    let part = |text: &Option<String>| text.as_deref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    match algorithm {
        "RS256" | "PS256" => {
            let (Some(n), Some(e)) = (part(&key.n), part(&key.e)) else { return false };
            let parameters = if algorithm == "RS256" {
                &signature::RSA_PKCS1_2048_8192_SHA256
            } else {
                &signature::RSA_PSS_2048_8192_SHA256
            };
            signature::RsaPublicKeyComponents { n: &n, e: &e }.verify(parameters, signed, mac).is_ok()
        }
        "ES256" if key.crv.as_deref() == Some("P-256") => {
            let (Some(x), Some(y)) = (part(&key.x), part(&key.y)) else { return false };
            let point: Vec<u8> = [0x04].into_iter().chain(x).chain(y).collect();
            signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(signed, mac).is_ok()
        }
        "EdDSA" if key.crv.as_deref() == Some("Ed25519") => {
            let Some(x) = part(&key.x) else { return false };
            signature::UnparsedPublicKey::new(&signature::ED25519, x).verify(signed, mac).is_ok()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{Ed25519KeyPair, KeyPair};

    fn pair() -> Ed25519KeyPair {
        let bytes = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
        Ed25519KeyPair::from_pkcs8(bytes.as_ref()).unwrap()
    }

    fn jwk(pair: &Ed25519KeyPair, kid: &str) -> Jwk {
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        serde_json::from_value(serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": x }))
            .unwrap()
    }

    fn token(pair: &Ed25519KeyPair, header: serde_json::Value, claims: serde_json::Value) -> String {
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mac = URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()).as_ref());
        format!("{signed}.{mac}")
    }

    fn claims() -> serde_json::Value {
        serde_json::json!({ "iss": "https://id.example", "sub": "1", "aud": "bavn", "exp": 1_300, "iat": 1_000, "nonce": "n" })
    }

    const EXPECTS: Expects<'_> = Expects { issuer: "https://id.example", client: "bavn", nonce: "n", now: 1_000 };

    fn with(key: &str, value: serde_json::Value) -> serde_json::Value {
        let mut changed = claims();
        changed[key] = value;
        changed
    }

    #[test]
    fn only_a_token_that_is_whole_ours_and_of_now_is_taken() {
        let own = pair();
        let keys = [jwk(&own, "a")];
        let head = serde_json::json!({ "alg": "EdDSA", "kid": "a" });
        let checked = |claims| check(&token(&own, head.clone(), claims), &keys, &EXPECTS).map(|claims| claims.sub);
        assert_eq!(checked(claims()), Ok("1".to_owned()));
        assert_eq!(checked(with("aud", serde_json::json!(["bavn"]))), Ok("1".to_owned()));
        assert_eq!(checked(with("exp", i64::MAX.into())), Ok("1".to_owned()));
        for (changed, wrong) in [
            (with("iss", "https://other.example".into()), Wrong::Issuer),
            (with("aud", "other".into()), Wrong::Audience),
            (with("aud", serde_json::json!(["bavn", "other"])), Wrong::Audience),
            (with("azp", "other".into()), Wrong::Audience),
            (with("exp", 900.into()), Wrong::Time),
            (with("iat", 1_100.into()), Wrong::Time),
            (with("nonce", "m".into()), Wrong::Nonce),
            (with("nonce", serde_json::Value::Null), Wrong::Nonce),
            (with("exp", "later".into()), Wrong::Form),
        ] {
            assert_eq!(checked(changed), Err(wrong));
        }
    }

    #[test]
    fn a_signature_of_another_key_or_none_is_refused() {
        let (own, other) = (pair(), pair());
        let keys = [jwk(&own, "a")];
        let head = |alg: &str, kid: &str| serde_json::json!({ "alg": alg, "kid": kid });
        let checked = |token: &str| check(token, &keys, &EXPECTS).map(|claims| claims.sub).unwrap_err();
        assert_eq!(checked(&token(&other, head("EdDSA", "a"), claims())), Wrong::Signature);
        assert_eq!(checked(&token(&own, head("EdDSA", "b"), claims())), Wrong::NoKey);
        for alg in ["none", "HS256", "RS1", ""] {
            assert_eq!(checked(&token(&own, head(alg, "a"), claims())), Wrong::Algorithm, "{alg}");
        }
        assert_eq!(checked(&token(&own, head("RS256", "a"), claims())), Wrong::NoKey, "the key is of another kind");
        let critical = serde_json::json!({ "alg": "EdDSA", "kid": "a", "crit": ["b64"], "b64": true });
        assert_eq!(checked(&token(&own, critical, claims())), Wrong::Form);
        let good = token(&own, head("EdDSA", "a"), claims());
        let (signed, _) = good.rsplit_once('.').unwrap();
        assert_eq!(checked(&format!("{signed}.")), Wrong::Signature);
        for broken in [signed, "", "a.b.c.d", "a.b.c"] {
            assert_eq!(checked(broken), Wrong::Form, "{broken}");
        }
        let forged = with("sub", "2".into());
        let body = URL_SAFE_NO_PAD.encode(forged.to_string());
        let parts: Vec<&str> = good.split('.').collect();
        assert_eq!(checked(&format!("{}.{body}.{}", parts[0], parts[2])), Wrong::Signature);
    }
}
