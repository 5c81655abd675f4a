use super::error::QueryError;
use super::lexer::Word;
use super::parser::Reader;
use super::query::{Comparison, Condition, Literal, Operator};
use crate::clock::parse_time;

const MAX_DEPTH: usize = 50;

impl Reader {
    /// Parses one condition, or several that are joined either by `AND` or by `OR`. As in Salesforce, a mixture of both requires
    /// parentheses.
    pub fn conditions(&mut self) -> Result<Condition, QueryError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.unexpected());
        }
        let first = self.one()?;
        let condition = if self.is_keyword("AND") {
            Condition::All(self.joined(first, "AND")?)
        } else if self.is_keyword("OR") {
            Condition::Any(self.joined(first, "OR")?)
        } else {
            first
        };
        self.depth -= 1;
        if self.is_keyword("AND") || self.is_keyword("OR") { Err(self.unexpected()) } else { Ok(condition) }
    }

    fn joined(&mut self, first: Condition, keyword: &str) -> Result<Vec<Condition>, QueryError> {
        let mut conditions = vec![first];
        while self.take_keyword(keyword) {
            conditions.push(self.one()?);
        }
        Ok(conditions)
    }

    fn one(&mut self) -> Result<Condition, QueryError> {
        if self.take_sign("(") {
            let inner = self.conditions()?;
            self.expect_sign(")")?;
            return Ok(inner);
        }
        if self.take_keyword("NOT") {
            self.depth += 1;
            if self.depth > MAX_DEPTH {
                return Err(self.unexpected());
            }
            let inner = self.one()?;
            self.depth -= 1;
            return Ok(Condition::Not(Box::new(inner)));
        }
        let path = self.path()?;
        let operator = self.operator()?;
        let values = match operator {
            Operator::In | Operator::NotIn => self.literals()?,
            _ => vec![self.literal()?],
        };
        Ok(Condition::Compare(Comparison { path, operator, values }))
    }

    fn operator(&mut self) -> Result<Operator, QueryError> {
        let signs = [
            ("=", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<>", Operator::NotEqual),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        for (sign, operator) in signs {
            if self.take_sign(sign) {
                return Ok(operator);
            }
        }
        if self.take_keyword("LIKE") {
            Ok(Operator::Like)
        } else if self.take_keyword("IN") {
            Ok(Operator::In)
        } else if self.take_keyword("NOT") && self.take_keyword("IN") {
            Ok(Operator::NotIn)
        } else {
            Err(self.unexpected())
        }
    }

    fn literals(&mut self) -> Result<Vec<Literal>, QueryError> {
        self.expect_sign("(")?;
        let mut values = vec![self.literal()?];
        while self.take_sign(",") {
            values.push(self.literal()?);
        }
        self.expect_sign(")")?;
        Ok(values)
    }

    fn literal(&mut self) -> Result<Literal, QueryError> {
        let literal = match &self.peek().word {
            Word::Text(text) => Some(Literal::Text(text.clone())),
            Word::Name(name) => bare(name),
            Word::Sign(_) | Word::End => None,
        };
        let literal = literal.ok_or_else(|| self.unexpected())?;
        self.take();
        Ok(literal)
    }
}

fn bare(name: &str) -> Option<Literal> {
    match name.to_lowercase().as_str() {
        "null" => return Some(Literal::Null),
        "true" => return Some(Literal::Boolean(true)),
        "false" => return Some(Literal::Boolean(false)),
        _ => {}
    }
    if let Some(time) = parse_time(name) {
        return Some(Literal::DateTime(time.timestamp_millis()));
    }
    if chrono::NaiveDate::parse_from_str(name, "%Y-%m-%d").is_ok() {
        return Some(Literal::Date(name.to_owned()));
    }
    let is_number = name.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.'));
    name.parse().ok().filter(|_| is_number).map(Literal::Number)
}
