//! From text to tree, by recursive descent over XPath's order of operators.

use super::{Expr, FUNCTIONS, FormulaError, Function, Operator};

/// Deepest nesting, so that no text can exhaust the stack.
const DEEPEST: usize = 64;
/// Most operators: each of a row of them is a level of the tree.
const MOST_OPERATORS: usize = 500;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Text(String),
    Number(f64),
    Answer(String),
    Name(String),
    Dot,
    Open,
    Close,
    Comma,
    Operator(Operator),
    End,
}

pub fn parse(text: &str) -> Result<Expr, FormulaError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0, depth: 0, operators: 0 };
    let expr = parser.level(0)?;
    match parser.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.fault("an operator (and, or, =, !=, <, <=, >, >=, +, -, *, div, mod) was expected here")),
    }
}

fn tokens(text: &str) -> Result<Vec<(Token, usize)>, FormulaError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens: Vec<(Token, usize)> = Vec::new();
    let mut at = 0;
    let fault = |at: usize, message: &str| FormulaError { position: at + 1, message: message.to_owned() };
    let get = |at: usize| chars.get(at).copied().unwrap_or('\0');
    while at < chars.len() {
        let (start, c) = (at, get(at));
        at += 1;
        let token = match c {
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '+' => Token::Operator(Operator::Plus),
            '-' => Token::Operator(Operator::Subtract),
            '*' => Token::Operator(Operator::Times),
            '=' => Token::Operator(Operator::Equal),
            '!' if get(at) == '=' => {
                at += 1;
                Token::Operator(Operator::Unequal)
            }
            '<' | '>' => {
                let equal = get(at) == '=';
                at += usize::from(equal);
                Token::Operator(match (c, equal) {
                    ('<', false) => Operator::Less,
                    ('<', true) => Operator::AtMost,
                    (_, false) => Operator::More,
                    (_, true) => Operator::AtLeast,
                })
            }
            // Word processors turn quotes into curly ones; forms are written in them too.
            '\'' | '"' | '‘' | '’' | '“' | '”' => {
                let closes = |end: char| match c {
                    '\'' | '"' => end == c,
                    '‘' | '’' => end == '’',
                    _ => end == '”',
                };
                let from = at;
                while at < chars.len() && !closes(get(at)) {
                    at += 1;
                }
                if at >= chars.len() {
                    return Err(fault(start, "this quotation has no end"));
                }
                at += 1;
                Token::Text(chars.get(from..at - 1).unwrap_or_default().iter().collect())
            }
            '$' => {
                let from = at + 1;
                let end = (from..chars.len()).find(|end| get(*end) == '}');
                let (true, Some(end)) = (get(at) == '{', end) else {
                    return Err(fault(start, "a question is named as ${name}"));
                };
                at = end + 1;
                let name: String = chars.get(from..end).unwrap_or_default().iter().collect();
                let name = name.trim().to_owned();
                if !crate::model::is_name(&name) {
                    return Err(fault(start, "a question is named as ${name}, with letters, digits, _ - and ."));
                }
                Token::Answer(name)
            }
            '.' if get(at) == '.' => return Err(fault(start, "paths ('..', '/') are not supported: use ${name}")),
            '/' => return Err(fault(start, "paths ('..', '/') are not supported: use ${name}")),
            '.' if !get(at).is_ascii_digit() => Token::Dot,
            c if c.is_ascii_digit() || c == '.' => {
                while get(at).is_ascii_digit() || get(at) == '.' {
                    at += 1;
                }
                let digits: String = chars.get(start..at).unwrap_or_default().iter().collect();
                Token::Number(digits.parse().map_err(|_| fault(start, "this is no number"))?)
            }
            c if c.is_alphabetic() || c == '_' => {
                while get(at).is_alphanumeric() || matches!(get(at), '_' | '-' | ':' | '.') {
                    at += 1;
                }
                let name: String = chars.get(start..at).unwrap_or_default().iter().collect();
                // "and" is an operator only where an operand stands before it.
                let after_operand = tokens.last().is_some_and(|(token, _)| {
                    matches!(
                        token,
                        Token::Text(_)
                            | Token::Number(_)
                            | Token::Answer(_)
                            | Token::Name(_)
                            | Token::Dot
                            | Token::Close
                    )
                });
                match (after_operand, name.as_str()) {
                    (true, "and") => Token::Operator(Operator::And),
                    (true, "or") => Token::Operator(Operator::Or),
                    (true, "div") => Token::Operator(Operator::Divided),
                    (true, "mod") => Token::Operator(Operator::Modulo),
                    _ => Token::Name(name),
                }
            }
            _ => return Err(fault(start, &format!("'{c}' means nothing here"))),
        };
        tokens.push((token, start));
    }
    tokens.push((Token::End, chars.len()));
    Ok(tokens)
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
    operators: usize,
}

/// Operators of each level, the loosest first.
const LEVELS: &[&[Operator]] = &[
    &[Operator::Or],
    &[Operator::And],
    &[Operator::Equal, Operator::Unequal],
    &[Operator::Less, Operator::AtMost, Operator::More, Operator::AtLeast],
    &[Operator::Plus, Operator::Subtract],
    &[Operator::Times, Operator::Divided, Operator::Modulo],
];

/// Operators between numbers.
const ARITHMETIC: &[Operator] =
    &[Operator::Plus, Operator::Subtract, Operator::Times, Operator::Divided, Operator::Modulo];

/// A day is a text here and no number: `today() - ${born}` would be nothing, whatever the answer.
fn is_day(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(Function::Today | Function::Date, _))
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn fault(&self, message: &str) -> FormulaError {
        let position = self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |(_, at)| *at) + 1;
        FormulaError { position, message: message.to_owned() }
    }

    fn level(&mut self, level: usize) -> Result<Expr, FormulaError> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.level(level + 1)?;
        while let Token::Operator(operator) = *self.peek()
            && operators.contains(&operator)
        {
            self.operators += 1;
            if self.operators > MOST_OPERATORS {
                return Err(self.fault("this is too long: calculate parts of it in rows of their own"));
            }
            self.at += 1;
            let right = self.level(level + 1)?;
            if ARITHMETIC.contains(&operator) && (is_day(&left) || is_day(&right)) {
                return Err(
                    self.fault("a day can be compared with another, not computed with: ask for the number itself")
                );
            }
            left = Expr::Both(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, FormulaError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.fault("this is nested too deeply"));
        }
        let expr = if *self.peek() == Token::Operator(Operator::Subtract) {
            self.at += 1;
            Expr::Minus(Box::new(self.unary()?))
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn primary(&mut self) -> Result<Expr, FormulaError> {
        let fault = self.fault("a question ${name}, a 'text', a number, a function or . was expected here");
        match self.next() {
            Token::Text(text) => Ok(Expr::Text(text)),
            Token::Number(number) => Ok(Expr::Number(number)),
            Token::Answer(name) => Ok(Expr::Answer(name)),
            Token::Dot => Ok(Expr::Own),
            Token::Open => {
                let expr = self.level(0)?;
                self.close()?;
                Ok(expr)
            }
            Token::Name(name) if *self.peek() == Token::Open => {
                self.at += 1;
                let mut arguments = Vec::new();
                if *self.peek() != Token::Close {
                    arguments.push(self.level(0)?);
                    while *self.peek() == Token::Comma {
                        self.at += 1;
                        arguments.push(self.level(0)?);
                    }
                }
                self.close()?;
                call(&name, arguments).map_err(|message| FormulaError { message, ..fault })
            }
            Token::Name(name) => Ok(Expr::Column(name)),
            _ => Err(fault),
        }
    }

    fn close(&mut self) -> Result<(), FormulaError> {
        if *self.peek() != Token::Close {
            return Err(self.fault("')' was expected here"));
        }
        self.at += 1;
        Ok(())
    }
}

fn call(name: &str, arguments: Vec<Expr>) -> Result<Expr, String> {
    let Some((_, function, least, most)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
        let known: Vec<&str> = FUNCTIONS.iter().map(|(known, ..)| *known).collect();
        return Err(format!("the function {name}() is not supported; there are {}", known.join(", ")));
    };
    if !(*least..=*most).contains(&arguments.len()) {
        let needed = if least == most { least.to_string() } else { format!("{least} to {most}") };
        return Err(format!("{name}() takes {needed} arguments, not {}", arguments.len()));
    }
    if *function == Function::Regex {
        let Some(Expr::Text(pattern)) = arguments.get(1) else {
            return Err("regex() takes its pattern in quotes".to_owned());
        };
        if let Err(error) = super::whole_pattern(pattern) {
            return Err(format!("regex() cannot use this pattern: {error}"));
        }
    }
    Ok(Expr::Call(*function, arguments))
}
