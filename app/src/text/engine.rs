pub fn found_by(engine: &str) -> String {
    match engine.strip_prefix("llm:") {
        Some(model) => format!("Found by the language model {model}."),
        None if engine == "embedded" => "Found by the built-in rules.".to_owned(),
        None if engine.starts_with("embedded (") => {
            "The language model did not respond, so the built-in rules were used.".to_owned()
        }
        None => format!("Found by {engine}."),
    }
}

#[cfg(test)]
mod tests {
    use super::found_by;

    #[test]
    fn every_engine_has_a_text() {
        for (engine, text) in [
            ("embedded", "Found by the built-in rules."),
            ("llm:small", "Found by the language model small."),
            ("embedded (fallback: time-out)", "The language model did not respond, so the built-in rules were used."),
            ("another", "Found by another."),
        ] {
            assert_eq!(found_by(engine), text, "{engine}");
        }
    }
}
