//! A browser without pages: keeps cookies, finds the form's token, follows nothing by itself.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use std::collections::BTreeMap;
use tower::ServiceExt;

pub struct Browser {
    app: axum::Router,
    pub cookies: BTreeMap<String, String>,
    /// Where its requests come from.
    pub address: std::net::IpAddr,
    /// Body of the last answer.
    pub body: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

impl Browser {
    pub fn new(app: axum::Router) -> Self {
        Self { app, cookies: BTreeMap::new(), address: [127, 0, 0, 1].into(), body: String::new() }
    }

    pub async fn signed_in(app: axum::Router, login: &str) -> Self {
        let mut browser = Self::new(app);
        browser.get("/sign-in").await;
        let answer =
            browser.post("/sign-in", &[("login", login), ("password", crate::support::PASSWORD), ("next", "")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{login} signs in: {}", answer.body);
        browser
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form with the token of the page that was looked at last.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = value_of(&self.body, "form_token").unwrap_or_default();
        let mut fields: Vec<(&str, &str)> = fields.to_vec();
        fields.push(("form_token", &token));
        self.post_raw(path, &fields).await
    }

    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form(fields);
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        request.headers_mut().insert(header::HOST, "127.0.0.1".parse().unwrap());
        request.extensions_mut().insert(axum::extract::ConnectInfo(web::Peer(self.address)));
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let body = String::from_utf8_lossy(&to_bytes(body, 5_000_000).await.unwrap()).into_owned();
        if body.contains("form_token") {
            self.body = body.clone();
        }
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// The value of a hidden field.
pub fn value_of(html: &str, name: &str) -> Option<String> {
    let rest = html.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    Some(rest.split('"').next()?.to_owned())
}

fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect::<String>()
    };
    fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}
