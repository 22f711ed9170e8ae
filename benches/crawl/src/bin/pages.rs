//! The site that is crawled: all answers are made before the first request, then one thread a connection writes them.
//! Prints its port when it is ready. Its CPU time is not counted, but it shares the machine, so it does next to nothing.
//!   pages ADS

use crawl_bench::pages::Site;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

fn main() {
    let ads = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("pages ADS");
    let site = Arc::new(Site::make(ads));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    println!("{} {}", listener.local_addr().expect("an address").port(), site.sizes());
    for stream in listener.incoming().flatten() {
        let site = site.clone();
        std::thread::Builder::new().stack_size(64 << 10).spawn(move || serve(&stream, &site)).expect("a thread");
    }
}

fn serve(stream: &TcpStream, site: &Site) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let (mut reader, mut writer, mut line) = (BufReader::new(stream), stream, String::new());
    loop {
        line.clear();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let path = line.split(' ').nth(1)?.to_owned();
        let mut close = line.trim_end().ends_with("HTTP/1.0");
        loop {
            line.clear();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            match line.trim_end() {
                "" => break,
                header => close |= header.eq_ignore_ascii_case("connection: close"),
            }
        }
        writer.write_all(site.answer(&path)).ok()?;
        if close {
            return None;
        }
    }
}
