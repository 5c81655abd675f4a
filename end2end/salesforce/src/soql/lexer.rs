//! Lexer for SOQL queries.

use super::error::QueryError;

#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    /// A name or an unquoted literal, such as `Account.Name`, `true`, `12.5`, `2026-01-02T03:04:05Z`.
    Name(String),
    /// Content of a string literal, with decoded escape sequences.
    Text(String),
    /// An operator or punctuation, such as `=`, `<=`, `(`.
    Sign(&'static str),
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub word: Word,
    /// Position in the query, in characters.
    pub at: usize,
}

const SIGNS: &[&str] = &["<=", ">=", "!=", "<>", "=", "<", ">", "(", ")", ","];

/// Splits a query into tokens. The last token is always [`Word::End`].
pub fn split(source: &str) -> Result<Vec<Token>, QueryError> {
    let characters: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        if character.is_whitespace() {
            at += 1;
            continue;
        }
        let (word, next) = if character == '\'' {
            quoted(&characters, at)?
        } else if let Some(sign) = SIGNS.iter().find(|sign| starts_with(&characters, at, sign)) {
            (Word::Sign(sign), at + sign.len())
        } else if is_name(character) {
            let next = (at..characters.len()).find(|&place| !is_name(characters[place])).unwrap_or(characters.len());
            (Word::Name(characters[at..next].iter().collect()), next)
        } else {
            return Err(QueryError::malformed(format!("line 1:{at} no viable alternative at character '{character}'"), at));
        };
        tokens.push(Token { word, at });
        at = next;
    }
    tokens.push(Token { word: Word::End, at: characters.len() });
    Ok(tokens)
}

fn quoted(characters: &[char], start: usize) -> Result<(Word, usize), QueryError> {
    let mut text = String::new();
    let mut at = start + 1;
    while let Some(&character) = characters.get(at) {
        match character {
            '\'' => return Ok((Word::Text(text), at + 1)),
            '\\' => {
                let escaped = characters.get(at + 1).copied();
                text.push(match escaped {
                    Some('n' | 'N') => '\n',
                    Some('r' | 'R') => '\r',
                    Some('t' | 'T') => '\t',
                    Some(other @ ('\'' | '"' | '\\' | '_' | '%')) => other,
                    _ => return Err(QueryError::malformed("Illegal character sequence in string literal", at)),
                });
                at += 2;
            }
            other => {
                text.push(other);
                at += 1;
            }
        }
    }
    Err(QueryError::malformed(format!("line 1:{} mismatched character '<EOF>' expecting '''", characters.len()), start))
}

fn starts_with(characters: &[char], at: usize, sign: &str) -> bool {
    sign.chars().enumerate().all(|(offset, character)| characters.get(at + offset) == Some(&character))
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | ':' | '-' | '+')
}
