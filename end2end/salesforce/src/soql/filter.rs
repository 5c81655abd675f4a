//! Validates and evaluates conditions.

use super::error::QueryError;
use super::fields::{Resolved, resolve};
use super::query::{Comparison, Condition, Literal, Operator};
use crate::clock::parse_time;
use crate::ids;
use crate::state::organization::State;
use crate::state::records::Record;
use crate::state::schema::{Kind, Type};
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

#[derive(Debug)]
pub enum Filter {
    Compare(Resolved, Operator, Vec<Literal>),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
}

pub fn check(condition: &Condition, object: &'static Type, state: &State) -> Result<Filter, QueryError> {
    let each = |conditions: &[Condition]| conditions.iter().map(|one| check(one, object, state)).collect::<Result<_, _>>();
    Ok(match condition {
        Condition::Compare(comparison) => compare(comparison, object, state)?,
        Condition::All(conditions) => Filter::All(each(conditions)?),
        Condition::Any(conditions) => Filter::Any(each(conditions)?),
        Condition::Not(inner) => Filter::Not(Box::new(check(inner, object, state)?)),
    })
}

impl Filter {
    pub fn accepts(&self, state: &State, record: &Record) -> bool {
        match self {
            Filter::All(filters) => filters.iter().all(|filter| filter.accepts(state, record)),
            Filter::Any(filters) => filters.iter().any(|filter| filter.accepts(state, record)),
            Filter::Not(filter) => !filter.accepts(state, record),
            Filter::Compare(resolved, operator, values) => {
                let value = resolved.value(state, record);
                let matches = |operator| values.iter().any(|literal| holds(&value, operator, literal));
                match operator {
                    Operator::In => matches(Operator::Equal),
                    Operator::NotIn => !matches(Operator::Equal),
                    other => matches(*other),
                }
            }
        }
    }

    /// Uses an index to find the records that can satisfy the condition. Returns `None` if the condition uses no indexed field.
    pub fn candidates<'a>(&self, object: &Type, state: &'a State) -> Option<Vec<&'a Record>> {
        match self {
            Filter::All(filters) => filters.iter().find_map(|filter| filter.candidates(object, state)),
            Filter::Compare(resolved, Operator::Equal | Operator::In, values) if resolved.parents.is_empty() => {
                let ids: Option<Vec<&str>> = values
                    .iter()
                    .map(|value| match value {
                        Literal::Id(id) => Some(id.as_str()),
                        _ => None,
                    })
                    .collect();
                state.records.with_ids(object.name, resolved.field.name, &ids?)
            }
            Filter::Compare(..) | Filter::Any(_) | Filter::Not(_) => None,
        }
    }
}

/// Returns the value by which [`order`] sorts a record. A time becomes a number, and a text becomes lower case. An id stays
/// unchanged, because ids are case-sensitive.
pub fn sort_key<'a>(field: &Resolved, state: &'a State, record: &'a Record) -> Cow<'a, Value> {
    let value = field.value(state, record);
    let key = match (field.field.kind, value.as_str()) {
        (Kind::DateTime, Some(text)) => parse_time(text).map(|time| time.timestamp_millis().into()),
        (Kind::Text | Kind::Picklist(_), Some(text)) => Some(text.to_lowercase().into()),
        _ => None,
    };
    key.map_or(value, Cow::Owned)
}

/// Compares two sort keys. Null is the smallest key.
pub fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => left.as_f64().partial_cmp(&right.as_f64()).unwrap_or(Ordering::Equal),
        (Value::String(left), Value::String(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}

fn compare(comparison: &Comparison, object: &'static Type, state: &State) -> Result<Filter, QueryError> {
    let resolved = resolve(&comparison.path, object, state.view())?;
    let at = comparison.path.at;
    let name = resolved.field.name;
    if resolved.field.kind == Kind::Base64 {
        let text = format!("field '{name}' can not be filtered in a query call");
        return Err(QueryError::at("INVALID_FIELD", text, at));
    }
    let values = comparison.values.iter().map(|literal| convert(literal, name, resolved.field.kind, at));
    let values = values.collect::<Result<Vec<_>, _>>()?;
    Ok(Filter::Compare(resolved, comparison.operator, values))
}

/// Converts a literal to the type of the field that it is compared with.
fn convert(literal: &Literal, name: &str, kind: Kind, at: usize) -> Result<Literal, QueryError> {
    let wrong = |wanted: &str, quoted: &str| {
        let text =
            format!("value of filter criterion for field '{name}' must be of type {wanted} and {quoted} be enclosed in quotes");
        Err(QueryError::at("INVALID_FIELD", text, at))
    };
    match (kind, literal) {
        (Kind::Id | Kind::Reference(..), Literal::Text(id)) => match ids::to_18(id) {
            Some(id) => Ok(Literal::Id(id)),
            None => Err(QueryError::at("INVALID_QUERY_FILTER_OPERATOR", format!("invalid ID field: {id}"), at)),
        },
        (_, Literal::Null)
        | (Kind::Text | Kind::Picklist(_), Literal::Text(_))
        | (Kind::Boolean, Literal::Boolean(_))
        | (Kind::Integer | Kind::Decimal, Literal::Number(_))
        | (Kind::Date, Literal::Date(_))
        | (Kind::DateTime, Literal::DateTime(_)) => Ok(literal.clone()),
        (Kind::Id | Kind::Reference(..), _) => wrong("ID", "should"),
        (Kind::Text | Kind::Picklist(_) | Kind::Base64, _) => wrong("string", "should"),
        (Kind::Boolean, _) => wrong("boolean", "should not"),
        (Kind::Integer | Kind::Decimal, _) => wrong("double", "should not"),
        (Kind::Date, _) => wrong("date", "should not"),
        (Kind::DateTime, _) => wrong("dateTime", "should not"),
    }
}

fn holds(value: &Value, operator: Operator, literal: &Literal) -> bool {
    if let (Operator::Like, Literal::Text(pattern)) = (operator, literal) {
        return value.as_str().is_some_and(|text| like(&text.to_lowercase(), &pattern.to_lowercase()));
    }
    let ordering = match literal {
        Literal::Null => order(value, &Value::Null),
        Literal::DateTime(milliseconds) => match value.as_str().and_then(parse_time) {
            Some(time) => time.timestamp_millis().cmp(milliseconds),
            None => return operator == Operator::NotEqual,
        },
        Literal::Id(id) => match value.as_str() {
            Some(own) => own.cmp(id),
            None => return operator == Operator::NotEqual,
        },
        Literal::Text(text) | Literal::Date(text) => match value.as_str() {
            Some(own) => order_of_texts(own, text),
            None => return operator == Operator::NotEqual,
        },
        Literal::Boolean(wanted) => order(value, &(*wanted).into()),
        Literal::Number(wanted) if value.is_number() => order(value, &(*wanted).into()),
        Literal::Number(_) => return operator == Operator::NotEqual,
    };
    match operator {
        Operator::Equal => ordering.is_eq(),
        Operator::NotEqual => ordering.is_ne(),
        Operator::Less => ordering.is_lt(),
        Operator::LessOrEqual => ordering.is_le(),
        Operator::Greater => ordering.is_gt(),
        Operator::GreaterOrEqual => ordering.is_ge(),
        Operator::Like | Operator::In | Operator::NotIn => false,
    }
}

/// Compares two texts without regard to case. Allocates no memory for ASCII texts.
fn order_of_texts(left: &str, right: &str) -> Ordering {
    if left.is_ascii() && right.is_ascii() {
        return left.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()));
    }
    left.to_lowercase().cmp(&right.to_lowercase())
}

fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for wanted in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        for place in 0..=text.len() {
            next[place] = match wanted {
                '%' => reached[..=place].contains(&true),
                '_' => place > 0 && reached[place - 1],
                exact => place > 0 && reached[place - 1] && text[place - 1] == exact,
            };
        }
        reached = next;
    }
    reached[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_supports_percent_and_underscore() {
        assert!(like("master services", "master%"));
        assert!(like("abc", "a_c"));
        assert!(!like("abc", "a_"));
        assert!(like("", "%"));
    }
}
