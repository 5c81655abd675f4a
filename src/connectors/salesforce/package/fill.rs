//! Fills placeholders (`{{name}}`) and writes values so that XML and Markdown read them as text.

/// A placeholder's name and what takes its place.
pub(super) type Value = (&'static str, String);

/// The template with its placeholders filled. What a value contains is not looked at again.
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

/// A value as XML text. Characters that XML cannot say at all are left out.
pub(super) fn xml(value: &str) -> String {
    let is_sayable = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\t' | '\n');
    let sayable: String = value.chars().filter(is_sayable).collect();
    quick_xml::escape::escape(sayable).into_owned()
}

/// A value as code in Markdown, on one line, whatever backticks it has.
pub(super) fn code(value: &str) -> String {
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match line.starts_with('`') || line.ends_with('`') {
        true => format!("{fence} {line} {fence}"),
        false => format!("{fence}{line}{fence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_place_of_their_names_and_are_not_filled_again() {
        let values = [("a", "{{b}}".to_owned()), ("b", "2".to_owned())];
        assert_eq!(fill("{{a}} {{b}} {{c}} {{ {!x}", &values), "{{b}} 2 {{c}} {{ {!x}");
    }

    #[test]
    fn xml_says_marks_as_text_and_leaves_out_what_it_cannot_say() {
        assert_eq!(xml("A & B <\"x\">\u{0}\u{1b}'é"), "A &amp; B &lt;&quot;x&quot;&gt;&apos;é");
    }

    #[test]
    fn code_keeps_backticks_and_stays_on_its_line() {
        assert_eq!(code("Needs Legal Review"), "`Needs Legal Review`");
        assert_eq!(code("a `` b"), "```a `` b```");
        assert_eq!(code("`a\n# b"), "`` `a # b ``");
    }
}
