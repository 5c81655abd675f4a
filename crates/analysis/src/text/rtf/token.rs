//! Splits RTF into tokens (RTF 1.9.1, "Conventions of an RTF reader"). Skips line breaks and binary data.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    Open,
    Close,
    Word(&'a str, Option<i32>),
    /// Control symbol, such as `\~`.
    Symbol(u8),
    /// Byte in the code page of the font, as in `\'e4`.
    Byte(u8),
    Text(&'a [u8]),
}

pub struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, accepts: impl Fn(&u8) -> bool) -> &'a [u8] {
        self.take(self.rest.iter().take_while(|byte| accepts(byte)).count())
    }

    /// Reads the token that a backslash starts. Returns `None` if the token is incomplete.
    fn control(&mut self) -> Option<Token<'a>> {
        match *self.rest.first()? {
            b'\'' => self.byte(),
            b'\\' | b'{' | b'}' => Some(Token::Text(self.take(1))),
            letter if letter.is_ascii_alphabetic() => Some(self.word()),
            symbol => {
                self.take(1);
                Some(Token::Symbol(symbol))
            }
        }
    }

    fn byte(&mut self) -> Option<Token<'a>> {
        self.take(1);
        let digits = std::str::from_utf8(self.rest.get(..2)?).ok()?;
        let byte = u8::from_str_radix(digits, 16).ok()?;
        self.take(2);
        Some(Token::Byte(byte))
    }

    fn word(&mut self) -> Token<'a> {
        let name = std::str::from_utf8(self.take_while(u8::is_ascii_alphabetic)).unwrap_or_default();
        let is_negative = self.rest.starts_with(b"-") && self.rest.get(1).is_some_and(u8::is_ascii_digit);
        self.take(usize::from(is_negative));
        let digits = self.take_while(u8::is_ascii_digit);
        let add = |number: i32, digit: &u8| number.saturating_mul(10).saturating_add(i32::from(digit - b'0'));
        let number = digits.iter().fold(0, add);
        let parameter = (!digits.is_empty()).then_some(if is_negative { -number } else { number });
        if self.rest.starts_with(b" ") {
            self.take(1);
        }
        if name == "bin" {
            self.take(parameter.and_then(|length| usize::try_from(length).ok()).unwrap_or(0));
        }
        Token::Word(name, parameter)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            match *self.rest.first()? {
                b'{' => {
                    self.take(1);
                    return Some(Token::Open);
                }
                b'}' => {
                    self.take(1);
                    return Some(Token::Close);
                }
                b'\r' | b'\n' | 0 => _ = self.take(1),
                b'\\' => {
                    self.take(1);
                    if let Some(token) = self.control() {
                        return Some(token);
                    }
                }
                _ => return Some(Token::Text(self.take_while(|byte| !b"{}\\\r\n\0".contains(byte)))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(rtf: &str) -> Vec<Token<'_>> {
        Tokens::new(rtf.as_bytes()).collect()
    }

    #[test]
    fn words_end_at_a_space_or_another_character() {
        use Token::{Byte, Close, Open, Symbol, Text, Word};
        assert_eq!(
            tokens("{\\b0 a\\par\r\nb\\u-4064\\'3f\\~\\{\\li720c}"),
            [
                Open,
                Word("b", Some(0)),
                Text(b"a"),
                Word("par", None),
                Text(b"b"),
                Word("u", Some(-4064)),
                Byte(0x3f),
                Symbol(b'~'),
                Text(b"{"),
                Word("li", Some(720)),
                Text(b"c"),
                Close
            ]
        );
    }

    #[test]
    fn malformed_controls_and_numbers_are_tolerated() {
        use Token::{Text, Word};
        assert_eq!(tokens("\\'zz"), [Text(b"zz")]);
        assert_eq!(tokens("\\'4"), [Text(b"4")]);
        assert_eq!(tokens("\\'"), []);
        assert_eq!(tokens("a\\"), [Text(b"a")]);
        assert_eq!(tokens("\\fs99999999999999999999x"), [Word("fs", Some(i32::MAX)), Text(b"x")]);
        assert_eq!(tokens("\\fs-99999999999999999999-"), [Word("fs", Some(-i32::MAX)), Text(b"-")]);
    }

    #[test]
    fn binary_data_is_skipped() {
        use Token::{Text, Word};
        assert_eq!(tokens("\\bin4 {{\\}x"), [Word("bin", Some(4)), Text(b"x")]);
        assert_eq!(tokens("\\bin-4 x"), [Word("bin", Some(-4)), Text(b"x")]);
        assert_eq!(tokens("\\bin2147483647 {{{"), [Word("bin", Some(i32::MAX))]);
    }
}
