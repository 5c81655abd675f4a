//! Faults of a query, written as Salesforce writes them: the text, a caret below the place, row and column.

const WINDOW: usize = 40;

/// Why a query is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// `MALFORMED_QUERY`, `INVALID_FIELD`, …
    pub code: &'static str,
    /// What is wrong.
    pub text: String,
    /// Where, in characters from the start; nothing when the whole query is meant.
    pub at: Option<usize>,
}

impl QueryError {
    /// A fault of grammar.
    pub fn malformed(text: impl Into<String>, at: usize) -> Self {
        QueryError { code: "MALFORMED_QUERY", text: text.into(), at: Some(at) }
    }

    /// A fault at a place.
    pub fn at(code: &'static str, text: impl Into<String>, at: usize) -> Self {
        QueryError { code, text: text.into(), at: Some(at) }
    }

    /// A rule that the whole query breaks.
    pub fn whole(code: &'static str, text: impl Into<String>) -> Self {
        QueryError { code, text: text.into(), at: None }
    }

    /// The message with the part of `source` around the place.
    pub fn message(&self, source: &str) -> String {
        let Some(at) = self.at else { return self.text.clone() };
        let from = at.saturating_sub(WINDOW);
        let snippet: String = source.chars().skip(from).take(2 * WINDOW).collect();
        let caret = format!("{:>width$}", "^", width = at - from + 1);
        format!("\n{snippet}\n{caret}\nERROR at Row:1:Column:{}\n{}", at + 1, self.text)
    }
}
