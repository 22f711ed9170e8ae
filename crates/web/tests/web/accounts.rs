//! How people come in: second factor, recovery codes, one-time links, sessions, the brake on guessing. What ASVS 5 asks
//! for is named beside each test.

use crate::browser::{Answer, Browser};
use crate::support::{PASSWORD, World, world};
use axum::http::StatusCode;
use std::sync::Arc;
use store::{Account, Actor, PersonRole};
use web::{AppState, Identity, IdentityAsked, IdentityError, IdentityProvider, WebSettings, app};

fn state_with(world: &World, change: impl FnOnce(&mut WebSettings)) -> AppState {
    let mut settings = (*world.state.settings).clone();
    change(&mut settings);
    AppState { settings: Arc::new(settings), ..world.state.clone() }
}

fn asking(world: &World) -> AppState {
    state_with(world, |settings| settings.second_factor = vec![PersonRole::OutreachWorker, PersonRole::Administrator])
}

async fn account(state: &AppState, login: &str) -> Account {
    state.store.account_by_login(login).await.unwrap().unwrap()
}

async fn password_of(browser: &mut Browser, login: &str, password: &str) -> Answer {
    browser.get("/sign-in").await;
    browser.post("/sign-in", &[("login", login), ("password", password), ("next", "")]).await
}

fn now_s() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// The secret that the page shows, as bytes.
fn secret_on(page: &str) -> Vec<u8> {
    let typed = page.split("class=\"secret\">").nth(1).unwrap().split('<').next().unwrap().replace(' ', "");
    let (mut bits, mut have, mut bytes) = (0_u32, 0, Vec::new());
    for letter in typed.bytes() {
        let value = if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' };
        bits = bits << 5 | u32::from(value);
        have += 5;
        if have >= 8 {
            have -= 8;
            bytes.push((bits >> have) as u8);
            bits &= (1 << have) - 1;
        }
    }
    bytes
}

/// What an app shows: computed here anew, so that the program is not compared with itself.
fn code(secret: &[u8], step: i64) -> String {
    let output = std::process::Command::new("openssl")
        .args(["dgst", "-sha1", "-mac", "HMAC", "-macopt"])
        .arg(format!("hexkey:{}", secret.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
        .arg("-binary")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .and_then(|mut child| {
            std::io::Write::write_all(child.stdin.as_mut().unwrap(), &step.to_be_bytes())?;
            child.wait_with_output()
        })
        .expect("openssl runs");
    let hash = output.stdout;
    let at = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes([hash[at] & 127, hash[at + 1], hash[at + 2], hash[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

fn codes_on(page: &str) -> Vec<String> {
    page.split("<li><code>").skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect()
}

/// Signs in for the first time: gives the app its secret. Secret, step used, recovery codes.
async fn enrolled(browser: &mut Browser, login: &str) -> (Vec<u8>, i64, Vec<String>) {
    let answer = password_of(browser, login, PASSWORD).await;
    assert_eq!(answer.location(), "/sign-in/factor", "{}", answer.body);
    let page = browser.get("/sign-in/factor").await.body;
    let secret = secret_on(&page);
    assert_eq!(secret.len(), 20);
    assert_eq!(secret_on(&browser.get("/sign-in/factor").await.body), secret, "the same on a second look");
    let step = now_s() / 30;
    let answer = browser.post("/sign-in/factor", &[("code", &code(&secret, step))]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let codes = codes_on(&answer.body);
    assert_eq!(codes.len(), 10);
    (secret, step, codes)
}

/// ASVS 6.3.3, 6.5.1, 6.5.2, 6.6.3: a second factor is asked for; each code is good once; recovery codes too.
#[tokio::test]
async fn a_role_that_must_sets_up_an_app_and_each_code_is_good_once() {
    let world = world().await;
    let state = asking(&world);
    let mut browser = Browser::new(app(state.clone()));
    let (secret, step, codes) = enrolled(&mut browser, "vest").await;
    assert_eq!(browser.get("/today").await.status, StatusCode::OK, "signed in");
    // The next time it asks for a code. Nothing is open before it.
    let mut again = Browser::new(app(state.clone()));
    assert_eq!(password_of(&mut again, "vest", PASSWORD).await.location(), "/sign-in/code");
    for path in ["/today", "/account", "/line/1"] {
        assert_eq!(again.get(path).await.status, StatusCode::SEE_OTHER, "{path}");
    }
    assert_eq!(again.get("/sign-in/factor").await.location(), "/sign-in/code", "no second secret");
    assert_eq!(again.get("/sign-in/code").await.status, StatusCode::OK);
    let replayed = again.post("/sign-in/code", &[("code", &code(&secret, step))]).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "the code that set it up");
    let next = code(&secret, step + 1);
    assert_eq!(again.post("/sign-in/code", &[("code", &next)]).await.location(), "/today");
    assert_eq!(again.get("/today").await.status, StatusCode::OK);
    let mut third = Browser::new(app(state.clone()));
    password_of(&mut third, "vest", PASSWORD).await;
    third.get("/sign-in/code").await;
    let replayed = third.post("/sign-in/code", &[("code", &next)]).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY, "and by somebody who looked over a shoulder");
    assert!(replayed.body.contains("forkert eller brugt"));
    // A recovery code, as people type it, once.
    let typed = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(third.post("/sign-in/code", &[("code", &typed)]).await.location(), "/account");
    assert!(third.get("/account").await.body.contains("9 genoprettelseskoder er tilbage"));
    let mut fourth = Browser::new(app(state.clone()));
    password_of(&mut fourth, "vest", PASSWORD).await;
    fourth.get("/sign-in/code").await;
    assert_eq!(fourth.post("/sign-in/code", &[("code", &typed)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // A role that need not is asked for nothing.
    let mut researcher = Browser::new(app(state));
    assert_eq!(password_of(&mut researcher, "forsker", PASSWORD).await.location(), "/queue");
}

/// ASVS 6.5.5: a code is good for its time and one step of 30 s to either side.
#[tokio::test]
async fn a_code_of_another_time_is_refused() {
    let world = world().await;
    let mut browser = Browser::new(app(asking(&world)));
    password_of(&mut browser, "vest", PASSWORD).await;
    let secret = secret_on(&browser.get("/sign-in/factor").await.body);
    for off in [-4, 4] {
        let answer = browser.post("/sign-in/factor", &[("code", &code(&secret, now_s() / 30 + off))]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(secret_on(&answer.body), secret, "the app need not begin anew");
    }
    assert_eq!(browser.get("/today").await.status, StatusCode::SEE_OTHER);
}

/// ASVS 6.4.1, 6.4.3, 6.4.4: a link sets the password once and for a time; whoever lost the app gets another.
#[tokio::test]
async fn a_one_time_link_lets_a_colleague_in_once() {
    let world = world().await;
    let state = state_with(&world, |settings| settings.second_factor = vec![PersonRole::OutreachWorker]);
    let mut admin = Browser::signed_in(app(state.clone()), "admin").await;
    admin.get("/people").await;
    let wrong = [
        ("to ord", "Ida Hansen", "outreach_worker", "vest", "uden mellemrum"),
        ("ida", "", "outreach_worker", "vest", "kollegaens navn"),
        ("forsker", "Ida Hansen", "outreach_worker", "vest", "allerede"),
        ("ida", "Ida Hansen", "outreach_worker", "", "skal have et hold"),
        ("ida", "Ida Hansen", "queen", "vest", "Vælg en rolle"),
    ];
    for (login, name, role, team, words) in wrong {
        let answer = admin.post("/people", &[("login", login), ("name", name), ("role", role), ("team", team)]).await;
        assert!(
            answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains(words),
            "{words}: {}",
            answer.body
        );
    }
    let invited = [("login", "Ida"), ("name", "Ida Hansen"), ("role", "outreach_worker"), ("team", "vest")];
    let page = admin.post("/people", &invited).await.body;
    let link = page.split("readonly value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = link.strip_prefix("http://127.0.0.1").unwrap().to_owned();
    assert!(admin.get("/people").await.body.contains("Inviteret"));
    let mut stranger = Browser::new(app(state.clone()));
    let early = password_of(&mut stranger, "ida", "").await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "no password opens an account that has none");
    let mut ida = Browser::new(app(state.clone()));
    let shown = ida.get(&path).await;
    assert_eq!((shown.status, shown.headers["referrer-policy"].to_str().unwrap()), (StatusCode::OK, "same-origin"));
    assert_eq!(ida.get(&path).await.status, StatusCode::OK, "a look does not use it");
    for (password, again, words) in [
        ("kort", "kort", "mindst 12 tegn"),
        ("passwordpassword", "passwordpassword", "mest brugte"),
        ("ida-hansen-1", "ida-hansen-1", "navn"),
        ("gul cykel ved havnen", "gul cykel ved havn", "ikke ens"),
    ] {
        let answer = ida.post(&path, &[("password", password), ("again", again)]).await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains(words), "{words}");
    }
    let new = "gul cykel ved havnen";
    let answer = ida.post(&path, &[("password", new), ("again", new)]).await;
    assert_eq!(answer.location(), "/sign-in/factor", "and on to the app");
    let secret = secret_on(&ida.get("/sign-in/factor").await.body);
    ida.post("/sign-in/factor", &[("code", &code(&secret, now_s() / 30))]).await;
    assert_eq!(ida.get("/today").await.status, StatusCode::OK);
    let mut late = Browser::new(app(state.clone()));
    let gone = late.get(&path).await;
    assert!(gone.status == StatusCode::GONE && gone.body.contains("nyt"), "{}", gone.body);
    late.get("/sign-in").await;
    assert_eq!(late.post(&path, &[("password", new), ("again", new)]).await.status, StatusCode::GONE);
    // She loses her phone: another link ends what was there, and the app is set up anew.
    let id = account(&state, "ida").await.id;
    admin.get("/people").await;
    let page = admin.post(&format!("/people/{}/link", id.0), &[]).await.body;
    let path = page.split("/invitation/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(ida.get("/today").await.status, StatusCode::OK, "what was there is good until the link is used");
    let mut anew = Browser::new(app(state.clone()));
    anew.get(&format!("/invitation/{path}")).await;
    let other = "æblegrød på tirsdage";
    let answer = anew.post(&format!("/invitation/{path}"), &[("password", other), ("again", other)]).await;
    assert_eq!(answer.location(), "/sign-in/factor");
    assert_eq!(ida.get("/today").await.status, StatusCode::SEE_OTHER);
    // A link that is too old is none.
    let at = jiff::Timestamp::now();
    let token = state.store.invite(id, at, &Actor::System("test".into()), at).await.unwrap();
    assert_eq!(late.get(&format!("/invitation/{}", token.as_str())).await.status, StatusCode::GONE);
}

/// ASVS 7.4.1, 7.4.3, 7.5.2: one's own sessions are seen and ended; a new password ends the others.
#[tokio::test]
async fn sessions_are_seen_and_ended_by_their_owner_by_an_administrator_and_by_a_change() {
    let world = world().await;
    let router = || app(world.state.clone());
    let (mut one, mut two, mut three) = (
        Browser::signed_in(router(), "forsker").await,
        Browser::signed_in(router(), "forsker").await,
        Browser::signed_in(router(), "forsker").await,
    );
    let page = one.get("/account").await.body;
    assert_eq!(page.matches("/account/sessions/").count(), 3);
    assert_eq!(page.matches("Denne browser").count(), 1);
    let other = page.split("/account/sessions/").skip(1).find(|part| {
        let before = page.split(part).next().unwrap();
        !before.rsplit("<li>").next().unwrap().contains("Denne browser")
    });
    let handle = other.unwrap().split('/').next().unwrap().to_owned();
    assert_eq!(
        one.post(&format!("/account/sessions/{handle}/end"), &[]).await.location(),
        "/account?done=session-ended"
    );
    let open = [two.get("/queue").await.status, three.get("/queue").await.status];
    assert_eq!(open.iter().filter(|status| **status == StatusCode::OK).count(), 1, "{open:?}");
    // Nobody ends another person's.
    let mut vest = Browser::signed_in(router(), "vest").await;
    vest.get("/account").await;
    let mine = one
        .get("/account")
        .await
        .body
        .split("/account/sessions/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    vest.post(&format!("/account/sessions/{mine}/end"), &[]).await;
    assert_eq!(one.get("/account").await.status, StatusCode::OK);
    // A new password ends all but the one that set it.
    let new = "æblegrød på tirsdage";
    let fields = |current: &'static str| [("current", current), ("password", new), ("again", new)];
    one.get("/account").await;
    let wrong = one.post("/account/password", &fields("x")).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("Adgangskoden er forkert"));
    assert_eq!(one.post("/account/password", &fields(PASSWORD)).await.location(), "/account?done=password-changed");
    assert_eq!(one.get("/queue").await.status, StatusCode::OK);
    assert_eq!(
        (two.get("/queue").await.status, three.get("/queue").await.status),
        (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER)
    );
    assert_eq!(password_of(&mut two, "forsker", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(password_of(&mut two, "forsker", new).await.location(), "/queue");
    // An administrator ends them, changes the role (which ends them too) and closes the account.
    let mut admin = Browser::signed_in(router(), "admin").await;
    let id = account(&world.state, "forsker").await.id.0;
    admin.get(&format!("/people/{id}")).await;
    admin.post(&format!("/people/{id}/sessions-end"), &[]).await;
    assert_eq!(one.get("/queue").await.status, StatusCode::SEE_OTHER);
    password_of(&mut one, "forsker", new).await;
    let change = [("role", "auditor"), ("team", "")];
    assert!(admin.post(&format!("/people/{id}/change"), &change).await.location().ends_with("done=person-changed"));
    assert_eq!(one.get("/audit").await.status, StatusCode::SEE_OTHER, "signed in under what held before");
    assert_eq!(password_of(&mut one, "forsker", new).await.location(), "/audit");
    admin.post(&format!("/people/{id}/close"), &[]).await;
    assert_eq!(password_of(&mut one, "forsker", new).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    admin.post(&format!("/people/{id}/open"), &[]).await;
    assert_eq!(password_of(&mut one, "forsker", new).await.location(), "/audit");
    // Nobody takes the own role away, so that somebody can always give one.
    let own = account(&world.state, "admin").await.id.0;
    for (path, fields) in [("change", vec![("role", "auditor"), ("team", "")]), ("close", Vec::new())] {
        let refused = admin.post(&format!("/people/{own}/{path}"), &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
}

/// ASVS 7.3.1, 7.3.2: a session ends by its age, whatever is done in it.
#[tokio::test]
async fn a_session_ends_by_its_age() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let short = state_with(&world, |settings| settings.session_minutes = 0);
    let mut later = Browser::new(app(short));
    later.cookies = browser.cookies.clone();
    assert_eq!(later.get("/queue").await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/queue").await.status, StatusCode::SEE_OTHER, "it is gone from the store");
}

/// ASVS 6.3.1: guessing is braked, and a flood by strangers, also from everywhere, locks nobody out of a browser that was
/// used before.
#[tokio::test]
async fn a_flood_by_strangers_does_not_lock_the_owner_out() {
    let world = world().await;
    let state = world.state.clone();
    let mut owner = Browser::signed_in(app(state.clone()), "forsker").await;
    owner.get("/queue").await;
    owner.post("/sign-out", &[]).await;
    let mut stranger = Browser::new(app(state.clone()));
    stranger.get("/sign-in").await;
    let mut refused = 0;
    for n in 0..130_u8 {
        // A new address each fourth time, so that no single client is refused.
        stranger.address = [192, 0, 2, n / 4].into();
        let answer = stranger.post("/sign-in", &[("login", "forsker"), ("password", "gæt")]).await;
        refused += u32::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(refused, 30, "all strangers together have a hundred");
    stranger.address = [198, 51, 100, 1].into();
    let right = stranger.post("/sign-in", &[("login", "forsker"), ("password", PASSWORD)]).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "also by guessing right");
    owner.address = [192, 0, 2, 1].into();
    assert_eq!(password_of(&mut owner, "forsker", PASSWORD).await.location(), "/queue", "the owner, even from there");
    assert_eq!(password_of(&mut stranger, "admin", PASSWORD).await.location(), "/sites", "nor anybody else");
    // Another's mark, or a made-up one, makes no browser known.
    let mut other = Browser::signed_in(app(state.clone()), "vest").await;
    other.address = [192, 0, 2, 2].into();
    assert_eq!(password_of(&mut other, "forsker", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    other.cookies.insert("bavn-known".into(), format!("{}.{}", "0".repeat(32), "0".repeat(64)));
    assert_eq!(password_of(&mut other, "forsker", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    // A known browser has a budget of its own, and no more.
    let mut known = 0;
    owner.get("/queue").await;
    owner.post("/sign-out", &[]).await;
    owner.get("/sign-in").await;
    for _ in 0..20 {
        let answer = owner.post("/sign-in", &[("login", "forsker"), ("password", "gæt")]).await;
        known += u32::from(answer.status == StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(known, 10);
}

/// ASVS 6.3.1, 6.6.3: codes are braked like passwords.
#[tokio::test]
async fn guessing_codes_is_braked() {
    let world = world().await;
    let state = asking(&world);
    let mut owner = Browser::new(app(state.clone()));
    enrolled(&mut owner, "vest").await;
    let mut thief = Browser::new(app(state));
    thief.address = [192, 0, 2, 7].into();
    password_of(&mut thief, "vest", PASSWORD).await;
    thief.get("/sign-in/code").await;
    let mut told = Vec::new();
    for guess in 0..8 {
        told.push(thief.post("/sign-in/code", &[("code", &format!("{guess:06}"))]).await.status);
    }
    assert_eq!(told.iter().filter(|status| **status == StatusCode::UNPROCESSABLE_ENTITY).count(), 5, "{told:?}");
    assert_eq!(told[7], StatusCode::TOO_MANY_REQUESTS);
}

/// ASVS 7.5.1: whoever comes by an open browser needs the password before the second factor changes.
#[tokio::test]
async fn an_app_is_changed_by_whoever_knows_the_password() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let mut elsewhere = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get("/account/factor").await;
    let wrong = browser.post("/account/factor", &[("password", "x")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && !wrong.body.contains("class=\"secret\""));
    let unasked = browser.post("/account/factor/confirm", &[("code", "123456")]).await;
    assert_eq!(unasked.location(), "/account/factor", "no secret was shown");
    let page = browser.post("/account/factor", &[("password", PASSWORD)]).await.body;
    let secret = secret_on(&page);
    assert!(page.contains("<svg class=\"qr\"") && page.contains("otpauth://totp/bavn:forsker?secret="));
    let answer = browser.post("/account/factor/confirm", &[("code", &code(&secret, now_s() / 30))]).await;
    let codes = codes_on(&answer.body);
    assert_eq!(codes.len(), 10);
    assert_eq!(elsewhere.get("/queue").await.status, StatusCode::SEE_OTHER, "sessions from before have ended");
    assert_eq!(browser.get("/queue").await.status, StatusCode::OK);
    // It is asked for from now on, though the role need not; and new recovery codes end the old ones.
    assert_eq!(password_of(&mut elsewhere, "forsker", PASSWORD).await.location(), "/sign-in/code");
    browser.get("/account").await;
    let renewed = codes_on(&browser.post("/account/codes", &[("password", PASSWORD)]).await.body);
    assert!(renewed.len() == 10 && renewed.iter().all(|code| !codes.contains(code)));
    elsewhere.get("/sign-in/code").await;
    assert_eq!(elsewhere.post("/sign-in/code", &[("code", &codes[0])]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(elsewhere.post("/sign-in/code", &[("code", &renewed[0])]).await.location(), "/account");
}

/// Says that whoever comes is the subject that the code names; the real provider is asked in `tests/sign_in`.
struct Elsewhere;

#[async_trait::async_trait]
impl IdentityProvider for Elsewhere {
    fn name(&self) -> &str {
        "Kommunens login"
    }
    async fn begin(&self, _: &str) -> Result<IdentityAsked, IdentityError> {
        let (state, nonce, verifier) = ("state".to_owned(), "nonce".to_owned(), "verifier".to_owned());
        Ok(IdentityAsked { url: "https://id.example/auth".to_owned(), state, nonce, verifier })
    }
    async fn finish(&self, code: &str, back: &str, asked: &IdentityAsked) -> Result<Identity, IdentityError> {
        assert_eq!((asked.nonce.as_str(), back), ("nonce", "http://127.0.0.1/sign-in/provider/back"));
        let (subject, login) = code.split_once(':').ok_or(IdentityError { what: "no such code".to_owned() })?;
        let login = Some(login.to_owned()).filter(|login| !login.is_empty());
        Ok(Identity {
            issuer: "https://id.example".to_owned(),
            subject: subject.to_owned(),
            login,
            second_factor: false,
        })
    }
}

/// ASVS 6.8.1: an identity is matched by issuer and subject; a log-in is taken once, by the first who is called so.
#[tokio::test]
async fn an_identity_from_outside_opens_the_account_that_bavn_knows_and_no_other() {
    let world = world().await;
    let plain = Browser::new(app(world.state.clone())).get("/sign-in/provider").await;
    assert_eq!(plain.status, StatusCode::NOT_FOUND, "none is configured");
    let state = AppState { identity: Some(Arc::new(Elsewhere)), ..asking(&world) };
    let by = async |code: &str| {
        let mut browser = Browser::new(app(state.clone()));
        assert!(browser.get("/sign-in").await.body.contains("Log ind med Kommunens login"));
        assert_eq!(browser.get("/sign-in/provider").await.location(), "https://id.example/auth");
        let answer = browser.get(&format!("/sign-in/provider/back?state=state&code={code}")).await;
        (answer.status, answer.location().to_owned())
    };
    assert_eq!(by("7:forsker").await, (StatusCode::SEE_OTHER, "/queue".to_owned()));
    assert_eq!(by("7:").await.1, "/queue", "known by its subject from now on");
    assert_eq!(by("7:admin").await.1, "/queue", "whatever it is called now");
    assert_eq!(by("8:forsker").await.0, StatusCode::FORBIDDEN, "another who takes the same name");
    assert_eq!(by("9:nobody").await.0, StatusCode::FORBIDDEN, "no account is made");
    assert_eq!(by("9:").await.0, StatusCode::FORBIDDEN);
    assert_eq!(by("5:vest").await.1, "/sign-in/factor", "bavn's own second factor still holds");
    assert_eq!(by("x").await.0, StatusCode::BAD_GATEWAY);
    let closed = account(&state, "forsker").await.id;
    state.store.set_account_disabled(closed, true, &Actor::System("test".into()), crate::support::now()).await.unwrap();
    assert_eq!(by("7:").await.0, StatusCode::FORBIDDEN, "closed is closed");
    // An answer that this browser did not ask for, or that comes twice, is none.
    let mut victim = Browser::new(app(state.clone()));
    let unasked = victim.get("/sign-in/provider/back?state=state&code=1:admin").await;
    assert_eq!(unasked.status, StatusCode::BAD_REQUEST);
    victim.get("/sign-in/provider").await;
    assert_eq!(victim.get("/sign-in/provider/back?state=other&code=1:admin").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(victim.get("/sign-in/provider/back?state=state&code=1:admin").await.status, StatusCode::BAD_REQUEST);
    victim.get("/sign-in/provider").await;
    assert_eq!(
        victim.get("/sign-in/provider/back?state=state&error=access_denied").await.status,
        StatusCode::FORBIDDEN
    );
}

/// ASVS 3.3.1, 3.3.2, 3.3.4, 3.4.1: behind TLS every cookie is for it alone and bound to the host, and browsers are told.
#[tokio::test]
async fn behind_tls_cookies_are_bound_to_the_host() {
    let world = world().await;
    let state = state_with(&world, |settings| settings.behind_tls = true);
    let mut browser = Browser::new(app(state));
    let form = browser.get("/sign-in").await;
    assert!(form.headers["strict-transport-security"].to_str().unwrap().starts_with("max-age="));
    let answer = browser.post("/sign-in", &[("login", "forsker"), ("password", PASSWORD), ("next", "")]).await;
    let cookies: Vec<&str> = form
        .headers
        .get_all("set-cookie")
        .iter()
        .chain(answer.headers.get_all("set-cookie"))
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    assert!(cookies.len() >= 4, "{cookies:?}");
    for cookie in &cookies {
        assert!(cookie.contains("Secure") && cookie.contains("HttpOnly") && cookie.contains("SameSite="), "{cookie}");
        assert!(cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    }
    for name in ["__Host-bavn=", "__Host-bavn-known=", "__Host-bavn-form="] {
        assert!(cookies.iter().any(|cookie| cookie.starts_with(name)), "{name}: {cookies:?}");
    }
}
