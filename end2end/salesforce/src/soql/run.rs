use super::error::QueryError;
use super::fields::{Resolved, own_value, resolve};
use super::query::{Order, Query, Select};
use super::{filter, parser, restriction};
use crate::rest::versions;
use crate::state::organization::State;
use crate::state::records::{Record, text};
use crate::state::schema::Type;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

#[derive(Debug)]
pub enum Found {
    Records(Vec<Value>),
    Count(usize),
}

pub fn run(source: &str, state: &State) -> Result<Found, QueryError> {
    let query = parser::parse(source)?;
    let object = state.view().find(&query.object).ok_or_else(|| unknown_type(&query))?;
    let fields = match &query.select {
        Select::Count => Vec::new(),
        Select::Fields(paths) => paths.iter().map(|path| resolve(path, object, state.view())).collect::<Result<Vec<_>, _>>()?,
    };
    restriction::check(&query)?;
    let filter = query.condition.as_ref().map(|condition| filter::check(condition, object, state)).transpose()?;
    let accepts = |record: &&Record| filter.as_ref().is_none_or(|filter| filter.accepts(state, record));
    let mut records: Vec<&Record> = match filter.as_ref().and_then(|filter| filter.candidates(object, state)) {
        Some(candidates) => candidates.into_iter().filter(accepts).collect(),
        None => state.records.all(object.name).filter(accepts).collect(),
    };
    sort(&mut records, &query, object, state)?;
    let kept = records.into_iter().skip(query.offset).take(query.limit.unwrap_or(usize::MAX));
    Ok(match query.select {
        Select::Count => Found::Count(kept.count()),
        Select::Fields(_) => Found::Records(kept.map(|record| row(record, object, &fields, state)).collect()),
    })
}

/// Builds the property `attributes` that each record in a response has.
pub fn attributes(object: &Type, id: &str) -> Value {
    json!({ "type": object.name, "url": format!("/services/data/{}/sobjects/{}/{id}", versions::CURRENT, object.name) })
}

fn sort<'a>(records: &mut [&'a Record], query: &Query, object: &'static Type, state: &'a State) -> Result<(), QueryError> {
    let fields = query.order.iter().map(|order| resolve(&order.path, object, state.view()));
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    let keys = |record| fields.iter().map(|field| filter::sort_key(field, state, record)).collect::<Vec<_>>();
    let mut keyed: Vec<(_, &'a Record)> = records.iter().map(|record| (keys(*record), *record)).collect();
    keyed.sort_by(|(left, _), (right, _)| {
        let pairs = query.order.iter().zip(left.iter().zip(right));
        pairs.fold(Ordering::Equal, |decided, (order, (left, right))| decided.then_with(|| compare(order, left, right)))
    });
    for (place, (_, record)) in records.iter_mut().zip(keyed) {
        *place = record;
    }
    Ok(())
}

fn compare(order: &Order, left: &Value, right: &Value) -> Ordering {
    let ordering = filter::order(left, right);
    let is_reversed = if left.is_null() == right.is_null() { order.descending } else { order.nulls_last };
    if is_reversed { ordering.reverse() } else { ordering }
}

fn row(record: &Record, object: &Type, fields: &[Resolved], state: &State) -> Value {
    let mut row = Map::from_iter([("attributes".to_owned(), attributes(object, text(record, "Id")))]);
    for resolved in fields {
        insert(&mut row, record, resolved, state);
    }
    Value::Object(row)
}

/// Adds the value of a field to a row. A field of a parent is put into a nested object, which is `null` if the parent is missing.
fn insert(row: &mut Map<String, Value>, record: &Record, resolved: &Resolved, state: &State) {
    let (mut place, mut holder) = (row, record);
    for (relationship, id_field, object) in &resolved.parents {
        let entry = place.entry(*relationship).or_insert(Value::Null);
        let Some(parent) = state.records.live(object.name, text(holder, id_field)) else { return };
        if entry.is_null() {
            *entry = json!({ "attributes": attributes(object, text(parent, "Id")) });
        }
        let Value::Object(inner) = entry else { return };
        (place, holder) = (inner, parent);
    }
    place.insert(resolved.field.name.to_owned(), own_value(resolved.object, &resolved.field, holder).into_owned());
}

fn unknown_type(query: &Query) -> QueryError {
    let text = format!(
        "sObject type '{}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after \
         the entity name. Please reference your WSDL or the describe call for the appropriate names.",
        query.object
    );
    QueryError::at("INVALID_TYPE", text, query.object_at)
}
