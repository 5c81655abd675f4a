//! Templates with placeholders such as `{{name}}`, and escaping for XML and Markdown.

pub(super) type Value = (&'static str, String);

/// Replaces the placeholders in a template. Placeholders that occur inside values are not replaced.
pub(super) fn fill(template: &str, values: &[Value]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let known = values.iter().find_map(|(name, value)| Some((value, from[2..].strip_prefix(name)?.strip_prefix("}}")?)));
        rest = match known {
            Some((value, after)) => {
                filled.push_str(value);
                after
            }
            None => {
                filled.push_str("{{");
                &from[2..]
            }
        };
    }
    filled + rest
}

/// Escapes text for XML, and removes characters that XML does not allow.
pub(super) fn xml(value: &str) -> String {
    let is_allowed = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\t' | '\n');
    let allowed: String = value.chars().filter(is_allowed).collect();
    quick_xml::escape::escape(allowed).into_owned()
}

/// Formats a value as Markdown inline code on one line. The value can contain backticks.
pub(super) fn code(value: &str) -> String {
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if line.starts_with('`') || line.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{line}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_one_pass() {
        let values = [("a", "{{b}}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(fill("{{a}} {{b}} {{c}} {{ {!x}", &values), "{{b}} 2 {{c}} {{ {!x}");
    }

    #[test]
    fn xml_is_escaped_without_invalid_characters() {
        assert_eq!(xml("A & B <\"x\">\u{0}\u{1b}'é"), "A &amp; B &lt;&quot;x&quot;&gt;&apos;é");
    }

    #[test]
    fn inline_code_keeps_backticks_and_stays_on_one_line() {
        assert_eq!(code("Needs Legal Review"), "`Needs Legal Review`");
        assert_eq!(code("a `` b"), "```a `` b```");
        assert_eq!(code("`a\n# b"), "`` `a # b ``");
    }
}
