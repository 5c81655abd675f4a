//! Enforces Salesforce's restrictions on queries of ContentDocumentLink. Such a query must filter by an id. A query with other
//! filters must also filter by exactly one LinkedEntityId.

use super::error::QueryError;
use super::query::{Condition, Operator, Query};

const NEEDS_ID: &str = "Implementation restriction: ContentDocumentLink requires a filter by a single Id on ContentDocumentId or \
                        LinkedEntityId using the equals operator or multiple Id's using the IN operator.";
const NEEDS_EQUALS: &str = "Implementation restriction: filtering on non-id fields is only permitted when filtering by \
                            ContentDocumentLink.LinkedEntityId using the equals operator.";

pub fn check(query: &Query) -> Result<(), QueryError> {
    if !query.object.eq_ignore_ascii_case("ContentDocumentLink") {
        return Ok(());
    }
    let required: Vec<&Condition> = match &query.condition {
        Some(Condition::All(conditions)) => conditions.iter().collect(),
        Some(condition) => vec![condition],
        None => Vec::new(),
    };
    let is_id_filter = |condition: &Condition| {
        is_filter(condition, &["Id", "ContentDocumentId", "LinkedEntityId"], &[Operator::Equal, Operator::In])
    };
    if !required.iter().any(|condition| is_id_filter(condition)) {
        return Err(QueryError::whole("MALFORMED_QUERY", NEEDS_ID));
    }
    let by_one_record = required.iter().any(|condition| is_filter(condition, &["LinkedEntityId"], &[Operator::Equal]));
    if !by_one_record && !required.iter().all(|condition| is_id_filter(condition)) {
        return Err(QueryError::whole("MALFORMED_QUERY", NEEDS_EQUALS));
    }
    Ok(())
}

fn is_filter(condition: &Condition, names: &[&str], operators: &[Operator]) -> bool {
    match condition {
        Condition::Compare(comparison) => {
            let [name] = comparison.path.parts.as_slice() else { return false };
            operators.contains(&comparison.operator) && names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted))
        }
        _ => false,
    }
}
