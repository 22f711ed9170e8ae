//! The functions that expressions may call: name, fewest and most arguments.

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the function of its name in FUNCTIONS")]
pub enum Function {
    Selected,
    CountSelected,
    SelectedAt,
    Not,
    True,
    False,
    Boolean,
    If,
    Coalesce,
    Concat,
    StringLength,
    Contains,
    StartsWith,
    Number,
    String,
    Int,
    Round,
    Abs,
    Min,
    Max,
    Sum,
    Regex,
    Date,
    Today,
}

/// Every function with the least and the most arguments that it takes. Meanings are those of the ODK XForms
/// specification.
pub const FUNCTIONS: &[(&str, Function, usize, usize)] = &[
    ("selected", Function::Selected, 2, 2),
    ("count-selected", Function::CountSelected, 1, 1),
    ("selected-at", Function::SelectedAt, 2, 2),
    ("not", Function::Not, 1, 1),
    ("true", Function::True, 0, 0),
    ("false", Function::False, 0, 0),
    ("boolean", Function::Boolean, 1, 1),
    ("if", Function::If, 3, 3),
    ("coalesce", Function::Coalesce, 2, 2),
    ("concat", Function::Concat, 1, 32),
    ("string-length", Function::StringLength, 1, 1),
    ("contains", Function::Contains, 2, 2),
    ("starts-with", Function::StartsWith, 2, 2),
    ("number", Function::Number, 1, 1),
    ("string", Function::String, 1, 1),
    ("int", Function::Int, 1, 1),
    ("round", Function::Round, 1, 2),
    ("abs", Function::Abs, 1, 1),
    ("min", Function::Min, 1, 32),
    ("max", Function::Max, 1, 32),
    ("sum", Function::Sum, 1, 32),
    ("regex", Function::Regex, 2, 2),
    ("date", Function::Date, 1, 1),
    ("today", Function::Today, 0, 0),
];
