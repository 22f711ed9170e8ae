//! The structure of a PDF: which words are a heading, a cell, a figure, so that it can be read aloud.

use pdf_writer::types::StructRole;
use pdf_writer::{Pdf, Ref, TextStr};

/// What a node holds.
#[derive(Debug, Clone)]
pub(super) enum Kid {
    /// Another node.
    Node(usize),
    /// Marked content: page and number on it.
    Content(usize, i32),
}

#[derive(Debug, Clone)]
struct Node {
    role: StructRole,
    parent: Option<usize>,
    kids: Vec<Kid>,
    alt: Option<String>,
}

/// The tree, in the order of reading.
#[derive(Debug, Clone)]
pub(super) struct Tags {
    nodes: Vec<Node>,
    /// For each page the node of each marked content, in order.
    pages: Vec<Vec<usize>>,
}

impl Tags {
    /// With the document as its root.
    pub fn new() -> Self {
        Tags {
            nodes: vec![Node { role: StructRole::Document, parent: None, kids: Vec::new(), alt: None }],
            pages: Vec::new(),
        }
    }

    /// A node below another (0: the document).
    pub fn node(&mut self, role: StructRole, parent: usize, alt: Option<String>) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node { role, parent: Some(parent), kids: Vec::new(), alt });
        self.nodes[parent].kids.push(Kid::Node(at));
        at
    }

    /// Marked content of a node on a page: its number there.
    pub fn content(&mut self, page: usize, node: usize) -> i32 {
        while self.pages.len() <= page {
            self.pages.push(Vec::new());
        }
        let number = self.pages[page].len() as i32;
        self.pages[page].push(node);
        self.nodes[node].kids.push(Kid::Content(page, number));
        number
    }

    /// Writes the tree; gives the reference of its root node. `next` makes references.
    pub fn write(
        &self,
        pdf: &mut Pdf,
        root: Ref,
        pages: &[Ref],
        next: &mut dyn FnMut() -> Ref,
    ) -> (Ref, Vec<(i32, Ref)>) {
        let refs: Vec<Ref> = self.nodes.iter().map(|_| next()).collect();
        for (at, node) in self.nodes.iter().enumerate() {
            let mut element = pdf.struct_element(refs[at]);
            element.kind(node.role);
            element.parent(node.parent.map_or(root, |parent| refs[parent]));
            if let Some(alt) = &node.alt {
                element.alt(TextStr(alt));
            }
            let mut children = element.children();
            for kid in &node.kids {
                match kid {
                    Kid::Node(of) => {
                        children.struct_element(refs[*of]);
                    }
                    Kid::Content(page, number) => {
                        children.marked_content_ref().page(pages[*page]).marked_content_id(*number);
                    }
                }
            }
        }
        let mut by_page = Vec::new();
        for (page, contents) in self.pages.iter().enumerate() {
            let id = next();
            pdf.indirect(id).array().items(contents.iter().map(|node| refs[*node]));
            by_page.push((page as i32, id));
        }
        (refs[0], by_page)
    }
}
