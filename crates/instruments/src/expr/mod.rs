//! The expression language of forms: the part of XPath that XLSForm's `relevant`, `constraint`, `calculation` and
//! `choice_filter` need. Every value is a text until an operator asks for a number, as in XPath 1.0.

mod eval;
mod functions;
mod parse;

pub(crate) use eval::number;
pub use eval::{Scope, Value};
pub use functions::{FUNCTIONS, Function};

use std::collections::BTreeSet;

/// A parsed expression with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// As written.
    pub text: String,
    /// As parsed.
    pub expr: Expr,
}

/// An expression's tree.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// `'yes'`
    Text(String),
    /// `18`
    Number(f64),
    /// `${name}`: the answer to a question, or a calculated value.
    Answer(String),
    /// `.`: the question's own answer.
    Own,
    /// A bare name: a column of the choices, in `choice_filter` only.
    Column(String),
    /// `selected(…)`
    Call(Function, Vec<Expr>),
    /// `a and b`
    Both(Operator, Box<Expr>, Box<Expr>),
    /// `-a`
    Minus(Box<Expr>),
}

/// Between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `or`
    Or,
    /// `and`
    And,
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `+`
    Plus,
    /// `-`
    Subtract,
    /// `*`
    Times,
    /// `div`
    Divided,
    /// `mod`
    Modulo,
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {position}: {message}")]
pub struct FormulaError {
    /// Which character of the expression, from 1.
    pub position: usize,
    /// What is wrong, and what can stand there.
    pub message: String,
}

impl Formula {
    /// Parses `text`.
    ///
    /// ```
    /// let formula = instruments::Formula::parse("selected(${signs}, 'papers') and ${age} >= 18").unwrap();
    /// assert_eq!(formula.names().into_iter().collect::<Vec<_>>(), ["age", "signs"]);
    /// ```
    pub fn parse(text: &str) -> Result<Formula, FormulaError> {
        // On one line: cells and tables that hold several expressions need it.
        let text = text.trim().replace(['\n', '\r', '\t'], " ");
        Ok(Formula { expr: parse::parse(&text)?, text })
    }

    /// The questions it refers to by `${name}`.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.expr.visit(&mut |expr| {
            if let Expr::Answer(name) = expr {
                names.insert(name.as_str());
            }
        });
        names
    }

    /// The bare names in it: columns of the choices.
    pub fn columns(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.expr.visit(&mut |expr| {
            if let Expr::Column(name) = expr {
                names.insert(name.as_str());
            }
        });
        names
    }

    /// Whether it speaks of the question's own answer.
    pub fn speaks_of_own(&self) -> bool {
        let mut own = false;
        self.expr.visit(&mut |expr| own |= matches!(expr, Expr::Own));
        own
    }

    /// The texts and numbers written in it.
    pub fn literals(&self) -> Vec<Value> {
        let mut found = Vec::new();
        self.expr.visit(&mut |expr| match expr {
            Expr::Text(text) => found.push(Value::Text(text.clone())),
            Expr::Number(number) => found.push(Value::Number(*number)),
            _ => {}
        });
        found
    }
}

impl Expr {
    fn visit<'a>(&'a self, look: &mut impl FnMut(&'a Expr)) {
        look(self);
        match self {
            Expr::Call(_, arguments) => arguments.iter().for_each(|argument| argument.visit(look)),
            Expr::Both(_, a, b) => {
                a.visit(look);
                b.visit(look);
            }
            Expr::Minus(a) => a.visit(look),
            Expr::Text(_) | Expr::Number(_) | Expr::Answer(_) | Expr::Own | Expr::Column(_) => {}
        }
    }
}

/// The pattern of `regex()`, which must fit the whole text; bounded, since forms come from outside.
fn whole_pattern(pattern: &str) -> Result<regex::Regex, String> {
    regex::RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(1 << 18)
        .build()
        .map_err(|error| error.to_string().lines().last().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests;
