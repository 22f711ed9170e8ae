//! What changed between two versions of a text, word by word.

/// A run of words that were taken out or put in, with what stands before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Words before it, for orientation.
    pub before: String,
    /// Taken out; may be empty.
    pub removed: String,
    /// Put in; may be empty.
    pub added: String,
    /// Words after it.
    pub after: String,
}

/// Words of a text that are compared; a longer text is compared by its beginning.
const MOST_WORDS: usize = 500;
/// Words shown beside a change.
const BESIDE: usize = 3;

/// The changes from one text to another, in their order.
pub fn between(old: &str, new: &str) -> Vec<Change> {
    let (old, new) = (words(old), words(new));
    // Lengths of the longest common run of words from each place on.
    let mut common = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            common[a][b] =
                if old[a] == new[b] { common[a + 1][b + 1] + 1 } else { common[a + 1][b].max(common[a][b + 1]) };
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut changes = Vec::new();
    while a < old.len() || b < new.len() {
        let (from_a, from_b) = (a, b);
        while a < old.len() || b < new.len() {
            if a < old.len() && b < new.len() && old[a] == new[b] {
                break;
            }
            if b == new.len() || (a < old.len() && common[a + 1][b] >= common[a][b + 1]) { a += 1 } else { b += 1 }
        }
        if (from_a, from_b) == (a, b) {
            (a, b) = (a + 1, b + 1);
            continue;
        }
        changes.push(Change {
            before: new[from_b.saturating_sub(BESIDE)..from_b].join(" "),
            removed: old[from_a..a].join(" "),
            added: new[from_b..b].join(" "),
            after: new[b..(b + BESIDE).min(new.len())].join(" "),
        });
    }
    changes
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().take(MOST_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_taken_out_and_put_in_are_found_where_they_stand() {
        let changes = between("Ring til mig i Aarhus hele dagen", "Ring til receptionen i Aarhus hele dagen og natten");
        let of = |before: &str, removed: &str, added: &str, after: &str| Change {
            before: before.into(),
            removed: removed.into(),
            added: added.into(),
            after: after.into(),
        };
        assert_eq!(
            changes,
            [of("Ring til", "mig", "receptionen", "i Aarhus hele"), of("Aarhus hele dagen", "", "og natten", "")]
        );
        assert_eq!(between("ens tekst", "ens  tekst"), []);
        assert_eq!(between("", "ny"), [of("", "", "ny", "")]);
        let long = "ord ".repeat(2_000);
        assert_eq!(between(&long, &format!("{long} mere")), [], "a long text is compared by its beginning");
    }
}
