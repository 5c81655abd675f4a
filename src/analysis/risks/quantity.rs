//! Numbers in clauses.
