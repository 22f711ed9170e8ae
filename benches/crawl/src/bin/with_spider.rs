//! The crate `spider`: 16 requests at once, robots.txt obeyed, the same fields read with scraper, a JSON line stored
//! for each ad. It follows every link of the site, as it does.
//!   with_spider START FILE

use crawl_bench::read;
use spider::website::Website;
use std::io::Write;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut file = std::io::BufWriter::new(std::fs::File::create(&arguments[2]).expect("a file"));
    let mut website = Website::new(&arguments[1]);
    website.with_respect_robots_txt(true).with_delay(0).with_limit(0);
    website.configuration.concurrency_limit = Some(16);
    let mut pages = website.subscribe(4096);
    let reading = tokio::spawn(async move {
        let mut count = 0;
        while let Ok(page) = pages.recv().await {
            if page.get_url().contains("/ad/")
                && let Some(ad) = read::ad(&page.get_html(), page.get_url())
            {
                writeln!(file, "{ad}").expect("room on the disk");
                count += 1;
            }
        }
        file.flush().expect("room on the disk");
        count
    });
    website.crawl().await;
    website.unsubscribe();
    drop(website);
    eprintln!("ads: {}", reading.await.expect("a task"));
}
