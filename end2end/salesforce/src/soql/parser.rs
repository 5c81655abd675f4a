use super::error::QueryError;
use super::lexer::{self, Token, Word};
use super::query::{Order, Path, Query, Select};

pub fn parse(source: &str) -> Result<Query, QueryError> {
    let mut reader = Reader { tokens: lexer::split(source)?, next: 0, depth: 0 };
    reader.expect_keyword("SELECT")?;
    let select = select(&mut reader)?;
    reader.expect_keyword("FROM")?;
    let (object, object_at) = reader.name()?;
    let condition = if reader.take_keyword("WHERE") { Some(reader.conditions()?) } else { None };
    let order = if reader.take_keyword("ORDER") { orders(&mut reader)? } else { Vec::new() };
    let limit = if reader.take_keyword("LIMIT") { Some(reader.count()?) } else { None };
    let offset = if reader.take_keyword("OFFSET") { reader.count()? } else { 0 };
    match reader.peek().word {
        Word::End => Ok(Query { select, object, object_at, condition, order, limit, offset }),
        _ => Err(reader.unexpected()),
    }
}

fn select(reader: &mut Reader) -> Result<Select, QueryError> {
    let (name, at) = reader.name()?;
    if name.eq_ignore_ascii_case("COUNT") && reader.take_sign("(") {
        reader.expect_sign(")")?;
        return Ok(Select::Count);
    }
    let mut fields = vec![path(&name, at)];
    while reader.take_sign(",") {
        fields.push(reader.path()?);
    }
    Ok(Select::Fields(fields))
}

fn orders(reader: &mut Reader) -> Result<Vec<Order>, QueryError> {
    reader.expect_keyword("BY")?;
    let mut orders = vec![order(reader)?];
    while reader.take_sign(",") {
        orders.push(order(reader)?);
    }
    Ok(orders)
}

fn order(reader: &mut Reader) -> Result<Order, QueryError> {
    let path = reader.path()?;
    let descending = reader.take_keyword("DESC");
    if !descending {
        reader.take_keyword("ASC");
    }
    let mut nulls_last = false;
    if reader.take_keyword("NULLS") {
        nulls_last = reader.take_keyword("LAST");
        if !nulls_last {
            reader.expect_keyword("FIRST")?;
        }
    }
    Ok(Order { path, descending, nulls_last })
}

fn path(name: &str, at: usize) -> Path {
    Path { parts: name.split('.').map(str::to_owned).collect(), at }
}

const RESERVED: &[&str] = &["SELECT", "FROM", "WHERE", "ORDER", "LIMIT", "AND", "OR", "IN", "LIKE"];

#[derive(Debug)]
pub struct Reader {
    tokens: Vec<Token>,
    next: usize,
    /// Current nesting depth of conditions. Its limit prevents a stack overflow.
    pub depth: usize,
}

impl Reader {
    pub fn peek(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    pub fn take(&mut self) -> Token {
        let word = self.peek().clone();
        self.next += 1;
        word
    }

    pub fn is_keyword(&self, keyword: &str) -> bool {
        matches!(&self.peek().word, Word::Name(name) if name.eq_ignore_ascii_case(keyword))
    }

    /// Consumes the next token if it is this keyword. Returns true if the token was consumed.
    pub fn take_keyword(&mut self, keyword: &str) -> bool {
        let is_next = self.is_keyword(keyword);
        self.next += usize::from(is_next);
        is_next
    }

    /// Consumes the next token if it is this operator or punctuation. Returns true if the token was consumed.
    pub fn take_sign(&mut self, sign: &str) -> bool {
        let is_next = matches!(&self.peek().word, Word::Sign(next) if *next == sign);
        self.next += usize::from(is_next);
        is_next
    }

    pub fn expect_sign(&mut self, sign: &str) -> Result<(), QueryError> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    pub fn path(&mut self) -> Result<Path, QueryError> {
        let (name, at) = self.name()?;
        Ok(path(&name, at))
    }

    /// Builds a syntax error that points to the next token.
    pub fn unexpected(&self) -> QueryError {
        let placed = self.peek();
        let text = match &placed.word {
            Word::Name(name) => format!("unexpected token: '{name}'"),
            Word::Text(text) => format!("unexpected token: '{text}'"),
            Word::Sign(sign) => format!("unexpected token: '{sign}'"),
            Word::End => "unexpected token: '<EOF>'".to_owned(),
        };
        QueryError::malformed(text, placed.at)
    }

    fn expect_keyword(&mut self, keyword: &str) -> Result<(), QueryError> {
        if self.take_keyword(keyword) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn name(&mut self) -> Result<(String, usize), QueryError> {
        match &self.peek().word {
            Word::Name(name) if !RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) => {
                let read = (name.clone(), self.peek().at);
                self.next += 1;
                Ok(read)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn count(&mut self) -> Result<usize, QueryError> {
        let read = match &self.peek().word {
            Word::Name(digits) => digits.parse().ok(),
            _ => None,
        };
        let count = read.ok_or_else(|| self.unexpected())?;
        self.next += 1;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_with_parents_order_and_limit_are_parsed() {
        let query = parse(
            "select Id, Account.Name from Opportunity where StageName = 'O\\'Neil' and IsClosed=false \
             order by Account.Name desc nulls last, Id limit 5",
        )
        .unwrap();
        assert_eq!(query.object, "Opportunity");
        assert_eq!(query.limit, Some(5));
        assert_eq!(query.order.len(), 2);
        assert!(query.order[0].descending && query.order[0].nulls_last && !query.order[1].descending);
        let Select::Fields(fields) = query.select else { panic!("fields were asked for") };
        assert_eq!(fields[1].parts, ["Account", "Name"]);
    }

    #[test]
    fn syntax_errors_point_to_their_position() {
        let source = "SELECT FROM Opportunity";
        let fault = parse(source).unwrap_err();
        assert_eq!(fault.code, "MALFORMED_QUERY");
        assert_eq!(
            fault.message(source),
            "\nSELECT FROM Opportunity\n       ^\nERROR at Row:1:Column:8\nunexpected token: 'FROM'"
        );
    }

    #[test]
    fn incomplete_and_deeply_nested_queries_are_rejected() {
        for source in ["", "SELECT", "SELECT Id", "SELECT Id FROM", "SELECT Id FROM A WHERE", "SELECT Id FROM A WHERE B ="] {
            assert_eq!(parse(source).unwrap_err().code, "MALFORMED_QUERY", "{source}");
        }
        for source in ["SELECT Id FROM A WHERE B = 'x", "SELECT Id FROM A LIMIT x", "SELECT Id FROM A WHERE B IN ()", "SELECT *"]
        {
            assert_eq!(parse(source).unwrap_err().code, "MALFORMED_QUERY", "{source}");
        }
        let nested = format!("SELECT Id FROM A WHERE {}", "(".repeat(5_000));
        assert_eq!(parse(&nested).unwrap_err().code, "MALFORMED_QUERY");
    }
}
