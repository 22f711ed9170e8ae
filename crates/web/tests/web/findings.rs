//! Findings in figures: filters, tables, downloads.

use crate::browser::Browser;
use crate::support::world;
use axum::http::StatusCode;
use web::app;

#[tokio::test]
async fn figures_are_filtered_by_whole_months_and_each_table_is_a_file() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let page = browser.get("/findings?from=2026-09&to=2026-10&region=Region%20Midtjylland").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in
        ["Valgt: Region Midtjylland", "2026-09-01", "Escort &lt;1&gt;", "/findings.csv?from=2026-09&#38;to=2026-10"]
    {
        let plain = words.replace("&#38;", "&");
        assert!(page.body.contains(words) || page.body.contains(&plain), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("style="), "no inline style: the policy forbids it");
    let file = browser.get("/findings.csv?from=2026-09&to=2026-10&block=2").await;
    assert!(file.body.contains("Måned;Annoncører") && file.body.contains("'=1+1"), "{}", file.body);
    assert_eq!(browser.get("/findings.csv?from=2026-09&to=2026-10&block=99").await.status, StatusCode::NOT_FOUND);
    for wrong in ["/findings?from=2026-11&to=2026-10", "/findings?from=october"] {
        let answer = browser.get(wrong).await;
        assert!(answer.status.is_client_error(), "{wrong}: {}", answer.status);
    }
}
