//! What read a document, in words: the analysis names it for programs.

/// The sentence about who found the clauses.
pub fn found_by(engine: &str) -> String {
    match engine.strip_prefix("llm:") {
        Some(model) => format!("Found by the language model {model}."),
        None if engine == "embedded" => "Found by LexiContract’s own rules.".to_owned(),
        None if engine.starts_with("embedded (") => {
            "The language model did not answer, so LexiContract’s own rules read it.".to_owned()
        }
        None => format!("Found by {engine}."),
    }
}

#[cfg(test)]
mod tests {
    use super::found_by;

    #[test]
    fn every_way_to_read_a_document_is_said_in_words() {
        for (engine, words) in [
            ("embedded", "Found by LexiContract’s own rules."),
            ("llm:small", "Found by the language model small."),
            ("embedded (fallback: time-out)", "The language model did not answer, so LexiContract’s own rules read it."),
            ("another", "Found by another."),
        ] {
            assert_eq!(found_by(engine), words, "{engine}");
        }
    }
}
