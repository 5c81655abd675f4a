//! Query errors. As in Salesforce, messages contain an excerpt of the query, a caret below the error, its row and its column.

const WINDOW: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    pub code: &'static str,
    pub text: String,
    /// Position in the query, in characters. `None` if the error concerns the whole query.
    pub at: Option<usize>,
}

impl QueryError {
    pub fn malformed(text: impl Into<String>, at: usize) -> Self {
        QueryError { code: "MALFORMED_QUERY", text: text.into(), at: Some(at) }
    }

    pub fn at(code: &'static str, text: impl Into<String>, at: usize) -> Self {
        QueryError { code, text: text.into(), at: Some(at) }
    }

    pub fn whole(code: &'static str, text: impl Into<String>) -> Self {
        QueryError { code, text: text.into(), at: None }
    }

    /// Builds the message for the query `source`.
    pub fn message(&self, source: &str) -> String {
        let Some(at) = self.at else { return self.text.clone() };
        let from = at.saturating_sub(WINDOW);
        let snippet: String = source.chars().skip(from).take(2 * WINDOW).collect();
        let caret = format!("{:>width$}", "^", width = at - from + 1);
        format!("\n{snippet}\n{caret}\nERROR at Row:1:Column:{}\n{}", at + 1, self.text)
    }
}
