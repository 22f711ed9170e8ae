//! What an expression gives for the answers so far.

use super::{Expr, Formula, Function, Operator};
use std::collections::BTreeMap;

/// A value while it is worked out.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text; an unanswered question is the empty one.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Truth(bool),
}

/// What an expression can see.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Answers and calculated values by question.
    pub values: &'a BTreeMap<String, String>,
    /// The question's own answer.
    pub own: &'a str,
    /// The columns of the choice that `choice_filter` is asked about.
    pub columns: Option<&'a BTreeMap<String, String>>,
    /// Today, `2026-11-30`.
    pub today: &'a str,
}

impl Value {
    /// As a text: whole numbers without a point, no number as nothing.
    pub fn text(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Number(number) if !number.is_finite() => String::new(),
            Value::Number(number) => format!("{}", number + 0.0),
            Value::Truth(truth) => truth.to_string(),
        }
    }

    /// As a number; not a number where it is none.
    pub fn number(&self) -> f64 {
        match self {
            Value::Text(text) => number(text),
            Value::Number(number) => *number,
            Value::Truth(truth) => f64::from(u8::from(*truth)),
        }
    }

    /// As true or false: an empty text, zero and no number are false.
    pub fn truth(&self) -> bool {
        match self {
            Value::Text(text) => !text.is_empty(),
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Truth(truth) => *truth,
        }
    }
}

/// XPath's numbers: digits, a sign before, a point; no exponent, no words.
pub fn number(text: &str) -> f64 {
    let text = text.trim();
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

/// `2026-11-30`, with or without a time after it.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes.iter().take(10).enumerate().all(|(index, byte)| match index {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

impl Formula {
    /// Works it out.
    pub fn value(&self, scope: &Scope<'_>) -> Value {
        self.expr.value(scope)
    }

    /// Whether it holds.
    pub fn holds(&self, scope: &Scope<'_>) -> bool {
        self.value(scope).truth()
    }
}

impl Expr {
    fn value(&self, scope: &Scope<'_>) -> Value {
        match self {
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Number(number) => Value::Number(*number),
            Expr::Answer(name) => Value::Text(scope.values.get(name).cloned().unwrap_or_default()),
            Expr::Own => Value::Text(scope.own.to_owned()),
            Expr::Column(name) => {
                Value::Text(scope.columns.and_then(|columns| columns.get(name)).cloned().unwrap_or_default())
            }
            Expr::Minus(expr) => Value::Number(-expr.value(scope).number()),
            Expr::Both(operator, a, b) => both(*operator, a, b, scope),
            Expr::Call(function, arguments) => called(*function, arguments, scope),
        }
    }
}

fn both(operator: Operator, a: &Expr, b: &Expr, scope: &Scope<'_>) -> Value {
    let left = a.value(scope);
    // The right side is not worked out where the left decides.
    match operator {
        Operator::Or if left.truth() => return Value::Truth(true),
        Operator::And if !left.truth() => return Value::Truth(false),
        _ => {}
    }
    let right = b.value(scope);
    let arithmetic = |work: fn(f64, f64) -> f64| Value::Number(work(left.number(), right.number()));
    let order = |work: fn(std::cmp::Ordering) -> bool| {
        // Dates in the ISO form are in order as texts.
        let order = match (&left, &right) {
            (Value::Text(a), Value::Text(b)) if is_date(a) && is_date(b) => Some(a.cmp(b)),
            _ => left.number().partial_cmp(&right.number()),
        };
        Value::Truth(order.is_some_and(work))
    };
    match operator {
        Operator::Or | Operator::And => Value::Truth(right.truth()),
        Operator::Equal => Value::Truth(equal(&left, &right)),
        Operator::Unequal => Value::Truth(!equal(&left, &right)),
        Operator::Less => order(|order| order.is_lt()),
        Operator::AtMost => order(|order| order.is_le()),
        Operator::More => order(|order| order.is_gt()),
        Operator::AtLeast => order(|order| order.is_ge()),
        Operator::Plus => arithmetic(|a, b| a + b),
        Operator::Subtract => arithmetic(|a, b| a - b),
        Operator::Times => arithmetic(|a, b| a * b),
        Operator::Divided => arithmetic(|a, b| a / b),
        Operator::Modulo => arithmetic(|a, b| a % b),
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Truth(_), _) | (_, Value::Truth(_)) => a.truth() == b.truth(),
        (Value::Number(_), _) | (_, Value::Number(_)) => a.number() == b.number(),
        (Value::Text(a), Value::Text(b)) => a == b,
    }
}

fn called(function: Function, arguments: &[Expr], scope: &Scope<'_>) -> Value {
    let value = |index: usize| arguments.get(index).map_or(Value::Text(String::new()), |expr| expr.value(scope));
    let text = |index: usize| value(index).text();
    let numbers = || arguments.iter().map(|expr| expr.value(scope).number());
    match function {
        Function::Selected => {
            let wanted = text(1);
            Value::Truth(text(0).split_whitespace().any(|choice| choice == wanted))
        }
        Function::CountSelected => Value::Number(text(0).split_whitespace().count() as f64),
        Function::SelectedAt => {
            let index = value(1).number();
            let chosen = if index >= 0.0 {
                text(0).split_whitespace().nth(index as usize).unwrap_or_default().to_owned()
            } else {
                String::new()
            };
            Value::Text(chosen)
        }
        Function::Not => Value::Truth(!value(0).truth()),
        Function::True => Value::Truth(true),
        Function::False => Value::Truth(false),
        Function::Boolean => Value::Truth(value(0).truth()),
        Function::If => value(if value(0).truth() { 1 } else { 2 }),
        Function::Coalesce => {
            let first = value(0);
            if first.text().is_empty() { value(1) } else { first }
        }
        Function::Concat => Value::Text(arguments.iter().map(|expr| expr.value(scope).text()).collect()),
        Function::StringLength => Value::Number(text(0).chars().count() as f64),
        Function::Contains => Value::Truth(text(0).contains(&text(1))),
        Function::StartsWith => Value::Truth(text(0).starts_with(&text(1))),
        Function::Number => Value::Number(value(0).number()),
        Function::String | Function::Date => Value::Text(text(0)),
        Function::Int => Value::Number(value(0).number().trunc()),
        Function::Round => {
            let places = if arguments.len() > 1 { value(1).number().clamp(0.0, 9.0) } else { 0.0 };
            let scale = 10f64.powi(places as i32);
            // Halves go up, as in XPath.
            Value::Number((value(0).number() * scale + 0.5).floor() / scale)
        }
        Function::Abs => Value::Number(value(0).number().abs()),
        Function::Min => Value::Number(numbers().fold(f64::NAN, f64::min)),
        Function::Max => Value::Number(numbers().fold(f64::NAN, f64::max)),
        Function::Sum => Value::Number(numbers().sum()),
        Function::Regex => {
            let whole = super::whole_pattern(&text(1)).is_ok_and(|regex| regex.is_match(&text(0)));
            Value::Truth(whole)
        }
        Function::Today => Value::Text(scope.today.to_owned()),
    }
}
