//! The file: pages with numbers, fonts, bookmarks, structure, title and language.

use super::font::{BOLD, Font, REGULAR, encode};
use super::layout::{PAGE, Sheets, artifact, show};
use super::{Block, Document};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::FontFlags;
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, TextStr};
use std::io::Write;

pub(super) fn write(document: &Document) -> Vec<u8> {
    let mut sheets = Sheets::new();
    sheets.title(&document.title, &document.subtitle);
    for (at, block) in document.blocks.iter().enumerate() {
        match block {
            Block::Heading(level, text) => {
                // A heading stays with the picture that follows it.
                let picture = match document.blocks.get(at + 1) {
                    Some(Block::Figure { drawing, .. }) => Some(drawing),
                    _ => None,
                };
                sheets.heading(*level, text, picture);
            }
            Block::Paragraph(text) => sheets.paragraph(text),
            Block::List(items) => sheets.list(items),
            Block::Table { caption, header, rows } => sheets.table(caption, header, rows),
            Block::Figure { caption, drawing } => sheets.figure(caption, drawing),
        }
    }
    let sheets = sheets.finish();
    let mut count = 0;
    let mut next = || {
        count += 1;
        Ref::new(count)
    };
    let mut pdf = Pdf::new();
    let (catalog, tree, info, root, outline) = (next(), next(), next(), next(), next());
    let fonts = [(Name(b"R"), next(), &*REGULAR), (Name(b"B"), next(), &*BOLD)];
    let pages: Vec<Ref> = sheets.done.iter().map(|_| next()).collect();
    let of = pages.len();
    for (number, mut content) in sheets.done.into_iter().enumerate() {
        artifact(&mut content, |content| {
            let line = encode(&format!("{} {} / {of}", document.tongue.pick("Side", "Page"), number + 1));
            let left = PAGE.0 - 56.0 - REGULAR.width(&line, 8.0);
            show(content, &line, false, 8.0, (left, 36.0), (90, 90, 90), None);
            show(content, &encode(&document.title), false, 8.0, (56.0, 36.0), (90, 90, 90), None);
        });
        let stream = next();
        let mut page = pdf.page(pages[number]);
        page.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).parent(tree).contents(stream).struct_parents(number as i32);
        let mut resources = page.resources();
        let mut named = resources.fonts();
        fonts.iter().for_each(|(name, id, _)| _ = named.pair(*name, *id));
        named.finish();
        resources.finish();
        page.finish();
        pdf.stream(stream, &packed(&content.finish())).filter(Filter::FlateDecode);
    }
    pdf.pages(tree).kids(pages.iter().copied()).count(of as i32);
    for (_, id, font) in &fonts {
        embed(&mut pdf, *id, font, next(), next());
    }
    let (document_node, by_page) = sheets.tags.write(&mut pdf, root, &pages, &mut next);
    let items: Vec<Ref> = sheets.outline.iter().map(|_| next()).collect();
    for (at, (title, page, height)) in sheets.outline.iter().enumerate() {
        let mut item = pdf.outline_item(items[at]);
        item.title(TextStr(title)).parent(outline);
        if let Some(before) = at.checked_sub(1) {
            item.prev(items[before]);
        }
        if let Some(after) = items.get(at + 1) {
            item.next(*after);
        }
        item.dest().page(pages[*page]).xyz(56.0, *height + 20.0, None);
    }
    let mut top = pdf.outline(outline);
    if let (Some(first), Some(last)) = (items.first(), items.last()) {
        top.first(*first).last(*last).count(items.len() as i32);
    }
    top.finish();
    let mut written = pdf.catalog(catalog);
    written.pages(tree).outlines(outline).lang(TextStr(document.tongue.code()));
    written.viewer_preferences().display_doc_title(true);
    written.mark_info().marked(true);
    // The tree stands in an object of its own, since its nodes name it.
    written.pair(Name(b"StructTreeRoot"), root);
    written.finish();
    let mut tags = pdf.indirect(root).dict();
    tags.pair(Name(b"Type"), Name(b"StructTreeRoot"));
    tags.pair(Name(b"K"), document_node);
    let mut parents = tags.insert(Name(b"ParentTree")).dict();
    let mut numbers = parents.insert(Name(b"Nums")).array();
    for (page, nodes) in by_page {
        numbers.item(page).item(nodes);
    }
    numbers.finish();
    parents.finish();
    tags.finish();
    pdf.document_info(info).title(TextStr(&document.title)).author(TextStr(&document.author)).producer(TextStr("bavn"));
    pdf.finish()
}

fn embed(pdf: &mut Pdf, id: Ref, font: &Font, descriptor: Ref, file: Ref) {
    let mut written = pdf.indirect(id).dict();
    written.pair(Name(b"Type"), Name(b"Font"));
    written.pair(Name(b"Subtype"), Name(b"TrueType"));
    written.pair(Name(b"BaseFont"), Name(font.name.as_bytes()));
    written.pair(Name(b"FirstChar"), 32);
    written.pair(Name(b"LastChar"), 255);
    written.insert(Name(b"Widths")).array().items(font.widths[32..].iter().copied());
    written.pair(Name(b"FontDescriptor"), descriptor);
    written.pair(Name(b"Encoding"), Name(b"WinAnsiEncoding"));
    written.finish();
    pdf.font_descriptor(descriptor)
        .name(Name(font.name.as_bytes()))
        .flags(FontFlags::NON_SYMBOLIC)
        .bbox(Rect::new(-544.0, -303.0, 1302.0, 980.0))
        .italic_angle(0.0)
        .ascent(font.rise.0)
        .descent(font.rise.1)
        .cap_height(729.0)
        .stem_v(if font.name.ends_with("Bold") { 140.0 } else { 80.0 })
        .font_file2(file);
    let bytes = packed(font.bytes);
    let mut stream = pdf.stream(file, &bytes);
    stream.filter(Filter::FlateDecode);
    stream.pair(Name(b"Length1"), font.bytes.len() as i32);
}

/// Packed, always to the same bytes.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
