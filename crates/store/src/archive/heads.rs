//! The heads of an exchange as they are sealed: compressed against a dictionary of what such heads usually say, since
//! they are kept once for each request and much alike.

use crate::StoreError;
use domain::Exchange;
use std::cell::RefCell;
use zstd::bulk::Compressor;

/// First byte: form of the rest. The dictionary belongs to the form: another one needs another number.
const FORM: u8 = 1;
const DICTIONARY: &[u8] = include_bytes!("heads.dictionary");
/// Heads are at most some hundred KiB; a blob that says more is broken.
const MOST: usize = 4 * 1024 * 1024;

const CORRUPT: StoreError = StoreError::Corrupt { what: "the heads of an archived page" };

thread_local! {
    /// Its tables are made once for each thread: that is most of the work.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

pub(super) fn pack(exchange: &Exchange) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(exchange).map_err(|_| CORRUPT)?;
    let compressed = COMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(compressor) => compressor.compress(&json),
        None => kept.insert(Compressor::with_dictionary(1, DICTIONARY)?).compress(&json),
    });
    let mut packed = vec![FORM];
    packed.extend(compressed.map_err(|_| CORRUPT)?);
    Ok(packed)
}

pub(super) fn unpack(packed: &[u8]) -> Result<Exchange, StoreError> {
    let Some((&FORM, rest)) = packed.split_first() else { return Err(CORRUPT) };
    let mut decompressor = zstd::bulk::Decompressor::with_dictionary(DICTIONARY).map_err(|_| CORRUPT)?;
    let json = decompressor.decompress(rest, MOST).map_err(|_| CORRUPT)?;
    serde_json::from_slice(&json).map_err(|_| CORRUPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_come_back_as_they_were_and_take_little_room() {
        let exchange = Exchange {
            request: "GET /annonce/4711 HTTP/1.1\r\naccept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5\r\n\
                      accept-encoding: gzip, br, zstd\r\nuser-agent: bavn/0.1.0 (+https://bavn.example.dk/contact)\r\n\
                      host: www.example.dk\r\n\r\n"
                .to_owned(),
            response: "HTTP/1.1 200 OK\r\nserver: nginx\r\ndate: Sun, 01 Nov 2026 14:05:00 GMT\r\n\
                       content-type: text/html; charset=utf-8\r\ntransfer-encoding: chunked\r\nconnection: keep-alive\r\n\
                       vary: Accept-Encoding\r\netag: W/\"5f3c-19a\"\r\ncache-control: no-cache, private\r\n\
                       content-encoding: gzip\r\nx-by: \u{e6}\r\n\r\n"
                .to_owned(),
            remote: "192.0.2.7".parse().ok(),
            protocol: None,
        };
        let packed = pack(&exchange).unwrap();
        assert_eq!(unpack(&packed).unwrap(), exchange);
        assert!(
            packed.len() < 260,
            "{} bytes for heads of {}",
            packed.len(),
            exchange.request.len() + exchange.response.len()
        );
        assert!(unpack(&packed[1..]).is_err() && unpack(&[]).is_err());
    }
}
