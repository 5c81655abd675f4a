//! Tests that no content makes the reader panic or take more than linear time.

use super::tests::{TEXT, content, package, paragraph, read, style, text};
use crate::text::{ExtractError, extract};
use proptest::prelude::*;

#[test]
fn hostile_packages_are_refused() {
    let deep = content("", &("<text:list>".repeat(5_000) + &"</text:list>".repeat(5_000)));
    let laughs = (1..10).fold("<!ENTITY e0 \"ha\">".to_owned(), |entities, level| {
        format!("{entities}<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(10))
    });
    let laughs = format!("<!DOCTYPE x [{laughs}]>{}", content("", &paragraph("&e9;")));
    let external = format!("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>{}", content("", &paragraph("&a;")));
    let unknown = content("", &paragraph("&a;"));
    for main in [&deep, &laughs, &external, &unknown, "<html/>", "", "<office:document-content>", &content("", "<text:p>")] {
        let result = read(&[("content.xml", main)]);
        assert!(matches!(result, Err(ExtractError::Damaged { .. })), "{}", &main[..main.len().min(60)]);
    }
    let bomb = content("", &paragraph(&"A".repeat(70 * 1024 * 1024)));
    assert!(matches!(read(&[("content.xml", &bomb)]), Err(ExtractError::TooLarge { .. })));
    let spaces = content("", &paragraph(&"<text:s text:c=\"9999\"/>".repeat(100_000)));
    assert!(matches!(read(&[("content.xml", &spaces)]), Err(ExtractError::TooLarge { .. })));
    let many = content(&(0..70_000).map(|number| style("text", &number.to_string(), "")).collect::<String>(), &paragraph("a"));
    assert!(matches!(read(&[("content.xml", &many)]), Err(ExtractError::TooLarge { .. })));
    let long = |number: usize| format!("{}{number}", "x".repeat(100_000));
    let chain = |number: usize| {
        format!(
            "<style:style style:name=\"{}\" style:family=\"text\" style:parent-style-name=\"{}\"/>",
            long(number),
            long(number + 1)
        )
    };
    let head = format!("<style:style style:name=\"T\" style:family=\"text\" style:parent-style-name=\"{}\"/>", long(0));
    let spans = paragraph(&"<text:span text:style-name=\"T\">a</text:span>".repeat(100_000));
    let chained = content(&(head + &(0..31).map(chain).collect::<String>()), &spans);
    assert_eq!(read(&[("content.xml", &chained)]).unwrap().text.len(), 100_000);
    let broken = read(&[("content.xml", &content("", &paragraph("a"))), ("styles.xml", "<!DOCTYPE x><broken")]).unwrap();
    assert_eq!(broken.text, "a", "a broken header does not hide the contract");
}

#[test]
fn controls_with_long_values_take_linear_time() {
    let control = "<draw:control draw:control=\"c\"/>".repeat(100_000);
    let form = format!("<office:forms><form:text form:id=\"c\" form:value=\"{}\"/></office:forms>", "x".repeat(1_000_000));
    assert_eq!(text(&(form.clone() + &control + &paragraph("a"))), "a", "a control outside of a paragraph has no text");
    let inside = read(&[("content.xml", &content("", &(form + &paragraph(&control))))]);
    assert!(matches!(inside, Err(ExtractError::TooLarge { .. })));
}

const PIECES: &[&str] = &[
    "<text:p>",
    "</text:p>",
    "<text:span text:style-name=\"T1\">",
    "</text:span>",
    "<text:s text:c=\"3\"/>",
    "text ",
    " ",
    "&amp;",
    "<text:tab/>",
    "<table:table-row>",
    "</table:table-row>",
    "<table:table-cell>",
    "</table:table-cell>",
    "<draw:frame>",
    "</draw:frame>",
    "<draw:text-box>",
    "</draw:text-box>",
    "<text:note>",
    "</text:note>",
    "<text:note-body>",
    "</text:note-body>",
    "<text:number>",
    "</text:number>",
    "<text:hidden-paragraph text:is-hidden=\"true\"/>",
    "<text:tracked-changes>",
    "</text:tracked-changes>",
    "<text:section text:display=\"none\">",
    "</text:section>",
    "<style:header/>",
];

/// Elements that the tests nest in any order. The OpenDocument schema forbids most of these combinations.
const ELEMENTS: &[&str] = &[
    "text:p",
    "text:p",
    "table:table-row",
    "table:table-row",
    "table:table-cell",
    "draw:frame",
    "draw:text-box",
    "text:note-body",
    "text:section text:display=\"none\"",
];
const LEAVES: &[&str] = &["a", "€€€", "a \n", "<table:table-cell/>", "<text:hidden-paragraph text:is-hidden=\"true\"/>"];

fn nested_elements() -> impl Strategy<Value = String> {
    proptest::sample::select(LEAVES).prop_map(str::to_owned).prop_recursive(8, 64, 6, |inside| {
        (proptest::sample::select(ELEMENTS), proptest::collection::vec(inside, 0..6)).prop_map(|(element, inside)| {
            let name = element.split(' ').next().unwrap_or_default();
            format!("<{element}>{}</{name}>", inside.concat())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nested_elements_do_not_panic(inside in nested_elements()) {
        let result = read(&[("content.xml", &content("", &inside))]);
        prop_assert!(matches!(result, Ok(_) | Err(ExtractError::Empty)), "{result:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_content_does_not_panic(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..40)) {
        let _ = read(&[("content.xml", &content("", &pieces.concat()))]);
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(noise in "\\PC{0,200}", at in 0..900_usize, byte in any::<u8>()) {
        let _ = read(&[("content.xml", &noise), ("styles.xml", &noise), ("META-INF/manifest.xml", &noise)]);
        let mut bytes = package(TEXT, &[("content.xml", &content("", &paragraph(&noise)))]);
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = extract(&bytes, "a.odt");
    }
}
