//! Syntax tree of a SOQL query.

/// Path of a field, such as `Account.Name`.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub parts: Vec<String>,
    /// Position in the query, in characters.
    pub at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Select {
    Fields(Vec<Path>),
    Count,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Text(String),
    /// An id of 18 characters. The parser never creates this variant. `convert` in `filter.rs` creates it from a text that is
    /// compared with an id field.
    Id(String),
    Boolean(bool),
    Number(f64),
    DateTime(i64),
    Date(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    In,
    NotIn,
}

/// Comparison of a field with one value or, for `IN` and `NOT IN`, with several values.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub path: Path,
    pub operator: Operator,
    pub values: Vec<Literal>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    Compare(Comparison),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub path: Path,
    pub descending: bool,
    pub nulls_last: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub select: Select,
    pub object: String,
    /// Position of the object's name (after `FROM`) in the query, in characters.
    pub object_at: usize,
    pub condition: Option<Condition>,
    pub order: Vec<Order>,
    pub limit: Option<usize>,
    pub offset: usize,
}
