//! The stylesheet and the icon, inside the program. Their names hold a hash of their bytes, so browsers may keep them
//! for ever and never show an old one.

use crate::errors::WebError;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

struct Asset {
    name: String,
    kind: &'static str,
    bytes: &'static [u8],
}

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", include_bytes!("../assets/style.css")));
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../assets/icon.svg")));

impl Asset {
    fn new(stem: &str, ending: &str, kind: &'static str, bytes: &'static [u8]) -> Self {
        let hash: String = Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { name: format!("{stem}.{hash}.{ending}"), kind, bytes }
    }
}

/// Address of the stylesheet.
pub fn style() -> String {
    format!("/assets/{}", STYLE.name)
}

/// Address of the icon.
pub fn icon() -> String {
    format!("/assets/{}", ICON.name)
}

/// Serves an asset by its hashed name.
pub async fn asset(Path(name): Path<String>) -> Result<impl IntoResponse, WebError> {
    let asset = [&*STYLE, &*ICON].into_iter().find(|asset| asset.name == name).ok_or(WebError::NotFound)?;
    Ok(([(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")], asset.bytes))
}
