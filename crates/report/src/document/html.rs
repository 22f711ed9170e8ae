//! A document as a page of its own: no script, no file beside it.

use super::drawing::escape;
use super::{Block, Document};
use std::fmt::Write;

const STYLE: &str = "body{font-family:system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;line-height:1.5;color:#1a1a1a}\
table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:left;font-weight:600;padding:.25rem 0}\
th,td{padding:.3rem .5rem;border-bottom:1px solid #b0b8c0;text-align:right;vertical-align:top}\
th:first-child,td:first-child{text-align:left}figure{margin:1.5rem 0}figure svg{max-width:100%;height:auto}\
figcaption{font-weight:600}.wide{overflow-x:auto}";

pub(super) fn write(document: &Document) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{}</title><style>{STYLE}</style></head><body><h1>{}</h1><p>{}</p>\n",
        document.tongue.code(),
        escape(&document.title),
        escape(&document.title),
        escape(&document.subtitle)
    );
    // Writing to a String cannot fail.
    let mut put = |piece: std::fmt::Arguments<'_>| _ = page.write_fmt(piece);
    for (number, block) in document.blocks.iter().enumerate() {
        match block {
            Block::Heading(level, text) => put(format_args!("<h{0}>{1}</h{0}>\n", level + 1, escape(text))),
            Block::Paragraph(text) => put(format_args!("<p>{}</p>\n", escape(text))),
            Block::List(items) => {
                put(format_args!("<ul>"));
                items.iter().for_each(|item| put(format_args!("<li>{}</li>", escape(item))));
                put(format_args!("</ul>\n"));
            }
            Block::Table { caption, header, rows } => {
                put(format_args!("<div class=\"wide\"><table><caption>{}</caption><thead><tr>", escape(caption)));
                header.iter().for_each(|name| put(format_args!("<th scope=\"col\">{}</th>", escape(name))));
                put(format_args!("</tr></thead><tbody>"));
                for row in rows {
                    put(format_args!("<tr>"));
                    row.iter().for_each(|cell| put(format_args!("<td>{}</td>", escape(cell))));
                    put(format_args!("</tr>"));
                }
                put(format_args!("</tbody></table></div>\n"));
            }
            Block::Figure { caption, drawing } => put(format_args!(
                "<figure><figcaption>{}</figcaption>{}</figure>\n",
                escape(caption),
                drawing.to_svg(&format!("f{number}"), caption)
            )),
        }
    }
    put(format_args!("</body></html>\n"));
    page
}
