//! The part of Lucene's language that the demo understands: words, phrases, fields, AND, OR, NOT, groups and a star at
//! the end of a word. Anything else is an error that says its place, in the words of Lucene.

use super::sought::words;

#[derive(Debug, PartialEq)]
pub enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Term(Term),
}

/// Words that follow each other, in one field or in any.
#[derive(Debug, PartialEq)]
pub struct Term {
    pub field: Option<String>,
    pub words: Vec<String>,
    /// The last of them may go on; without words there must only be something.
    pub is_open: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word { text: String, is_open: bool },
    Phrase(String),
    Colon,
    Open,
    Close,
    And,
    Or,
    Not,
    Must,
}

/// None finds all. The columns of errors count from 0, as Lucene's do.
pub fn parse(text: &str) -> Result<Option<Node>, String> {
    let refused = |(column, what): (usize, String)| {
        format!("Failed to parse query [{text}]: Cannot parse '{text}': {what} at line 1, column {column}.")
    };
    let tokens = tokens(text).map_err(refused)?;
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut parser = Parser { tokens, at: 0, end: text.chars().count() };
    let node = parser.any(None, 0).map_err(refused)?;
    match parser.peek() {
        None => Ok(Some(node)),
        Some(_) => Err(refused(parser.unexpected())),
    }
}

type Refused = (usize, String);

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Refused> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(&c) = chars.get(at) {
        let start = at;
        at += 1;
        let token = match c {
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ':' => Token::Colon,
            '!' | '-' => Token::Not,
            '+' => Token::Must,
            '"' => Token::Phrase(
                phrase(&chars, &mut at).ok_or((start, "Lexical error: a quote without its end".to_owned()))?,
            ),
            c if is_foreign(c) => return Err((start, format!("the demo does not know \"{c}\" here"))),
            _ => {
                at = start;
                word(&chars, &mut at)?
            }
        };
        tokens.push((start, token));
    }
    Ok(tokens)
}

/// Ranges, regular expressions, boosts, fuzziness, and stars that are not at an end.
fn is_foreign(c: char) -> bool {
    "[]{}^~/?<>=&|".contains(c)
}

fn phrase(chars: &[char], at: &mut usize) -> Option<String> {
    let mut text = String::new();
    loop {
        let c = *chars.get(*at)?;
        *at += 1;
        match c {
            '"' => return Some(text),
            '\\' => {
                text.push(*chars.get(*at)?);
                *at += 1;
            }
            c => text.push(c),
        }
    }
}

fn word(chars: &[char], at: &mut usize) -> Result<Token, Refused> {
    let (mut text, mut is_open) = (String::new(), false);
    while let Some(&c) = chars.get(*at) {
        match c {
            c if c.is_whitespace() || "():\"".contains(c) => break,
            _ if is_open => return Err((*at, "the demo knows \"*\" only at the end of a word".to_owned())),
            '*' => is_open = true,
            '\\' => {
                *at += 1;
                text.push(*chars.get(*at).ok_or((*at, "Encountered \"<EOF>\"".to_owned()))?);
            }
            c if is_foreign(c) => return Err((*at, format!("the demo does not know \"{c}\" here"))),
            c => text.push(c),
        }
        *at += 1;
    }
    Ok(match text.as_str() {
        "AND" => Token::And,
        "OR" => Token::Or,
        "NOT" => Token::Not,
        _ => Token::Word { text, is_open },
    })
}

/// Groups within groups beyond this are refused.
const DEEPEST: usize = 50;

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self) -> Refused {
        let Some((column, token)) = self.tokens.get(self.at) else {
            return (self.end, "Encountered \"<EOF>\"".to_owned());
        };
        let text = match token {
            Token::Word { text, .. } | Token::Phrase(text) => text,
            Token::Colon => ":",
            Token::Open => "(",
            Token::Close => ")",
            Token::And => "AND",
            Token::Or => "OR",
            Token::Not => "NOT",
            Token::Must => "+",
        };
        (*column, format!("Encountered \"{text}\""))
    }

    fn any(&mut self, field: Option<&str>, depth: usize) -> Result<Node, Refused> {
        let mut nodes = vec![self.all(field, depth)?];
        while self.take(&Token::Or) {
            nodes.push(self.all(field, depth)?);
        }
        Ok(one(nodes, Node::Any))
    }

    /// Words side by side must all be there.
    fn all(&mut self, field: Option<&str>, depth: usize) -> Result<Node, Refused> {
        let mut nodes = vec![self.single(field, depth)?];
        while self.take(&Token::And) || !matches!(self.peek(), None | Some(Token::Or | Token::Close)) {
            nodes.push(self.single(field, depth)?);
        }
        Ok(one(nodes, Node::All))
    }

    fn single(&mut self, field: Option<&str>, depth: usize) -> Result<Node, Refused> {
        let mut is_not = false;
        loop {
            if self.take(&Token::Not) {
                is_not = !is_not;
            } else if !self.take(&Token::Must) {
                break;
            }
        }
        let node = self.part(field, depth)?;
        Ok(if is_not { Node::Not(Box::new(node)) } else { node })
    }

    fn part(&mut self, field: Option<&str>, depth: usize) -> Result<Node, Refused> {
        let refused = self.unexpected();
        let Some((_, token)) = self.tokens.get(self.at).cloned() else { return Err(refused) };
        self.at += 1;
        match token {
            Token::Open if depth < DEEPEST => {
                let node = self.any(field, depth + 1)?;
                if self.take(&Token::Close) { Ok(node) } else { Err(self.unexpected()) }
            }
            Token::Word { text, is_open: false } if field.is_none() && self.take(&Token::Colon) => {
                self.value(&text, depth)
            }
            Token::Word { text, is_open } => Ok(term(field, &text, is_open)),
            Token::Phrase(text) => Ok(term(field, &text, false)),
            _ => Err(refused),
        }
    }

    /// What stands after a field's colon.
    fn value(&mut self, field: &str, depth: usize) -> Result<Node, Refused> {
        match self.peek() {
            Some(Token::Word { .. } | Token::Phrase(_) | Token::Open) => self.part(Some(field), depth),
            _ => Err(self.unexpected()),
        }
    }
}

fn term(field: Option<&str>, text: &str, is_open: bool) -> Node {
    Node::Term(Term { field: field.map(str::to_owned), words: words(text), is_open })
}

fn one(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        last => {
            nodes.extend(last);
            many(nodes)
        }
    }
}
