//! Contacts other than phones: e-mail addresses, links, handles.

mod email;
mod handle;
mod link;

use crate::claim::Claims;
use crate::lexicon::Lexicon;
use crate::tokens::Tokens;
use domain::{Email, Field, Handle, UrlMention};

/// What was found.
#[derive(Default)]
pub(crate) struct Contacts {
    pub emails: Vec<Email>,
    pub urls: Vec<UrlMention>,
    pub handles: Vec<Handle>,
}

/// Finds e-mail addresses, links and handles and claims their tokens.
pub(crate) fn find(tokens: &Tokens<'_>, claims: &mut Claims, lexicon: &Lexicon, field: &Field) -> Contacts {
    let emails = email::find(tokens, claims, field);
    let (urls, mut handles) = link::find(tokens, claims, lexicon, field);
    handles.extend(handle::find(tokens, claims, lexicon, field));
    handles.sort_by_key(|handle| handle.span.start);
    Contacts { emails, urls, handles }
}
