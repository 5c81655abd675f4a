//! What a query says.

/// A field, perhaps of a parent: `Account.Name`.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// The names between the dots.
    pub parts: Vec<String>,
    /// Where it stands.
    pub at: usize,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Select {
    /// These fields.
    Fields(Vec<Path>),
    /// `COUNT()`.
    Count,
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// Text in quotes.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A moment, in milliseconds.
    DateTime(i64),
    /// A day, as `YYYY-MM-DD`.
    Date(String),
}

/// How to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=` and `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `LIKE`
    Like,
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
}

/// A comparison of a field with one value, or with several for `IN` and `NOT IN`.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The field.
    pub path: Path,
    /// How.
    pub operator: Operator,
    /// With what; at least one.
    pub values: Vec<Literal>,
}

/// What records must satisfy.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// One comparison.
    Compare(Comparison),
    /// All of these.
    All(Vec<Condition>),
    /// One of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
}

/// One field to sort by.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The field.
    pub path: Path,
    /// Largest first.
    pub descending: bool,
    /// Empty values at the end.
    pub nulls_last: bool,
}

/// A whole query.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// What is asked for.
    pub select: Select,
    /// The type's name.
    pub object: String,
    /// Where the type's name stands.
    pub object_at: usize,
    /// Which records.
    pub condition: Option<Condition>,
    /// In which order.
    pub order: Vec<Order>,
    /// At most how many.
    pub limit: Option<usize>,
    /// How many to pass over.
    pub offset: usize,
}
