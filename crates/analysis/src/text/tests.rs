//! Tests that a contract has the same clauses in every file format.

use super::{Document, extract};
use crate::Findings;
use std::io::{Cursor, Write};
use std::path::Path;

const CONTRACT: [&str; 8] = [
    "CONSULTING AGREEMENT",
    "This Consulting Agreement (the \u{201C}Agreement\u{201D}) is made as of March 3, 2025 by and between Northwind Traders, Inc., a Delaware \
     corporation (\u{201C}Client\u{201D}), and Fabrikam Ltd. (\u{201C}Consultant\u{201D}).",
    "1.\tTerm. The initial term of this Agreement shall commence on the Effective Date and continue for a period of two (2) years. This \
     Agreement shall automatically renew for successive one (1) year terms unless either party gives written notice of non-renewal at least \
     sixty (60) days prior to the end of the then-current term.",
    "2.\tFees. Client shall pay Consultant \u{20AC}5,000 per month \u{2013} net of VAT \u{2013} within thirty (30) days of each invoice.",
    "3.\tTermination. Client may terminate this Agreement at any time, for convenience, upon thirty (30) days\u{2019} prior written notice.",
    "4.\tLiability. In no event shall either party\u{2019}s aggregate liability arising out of this Agreement exceed the fees paid in the \
     twelve months before the claim.",
    "5.\tAssignment. Neither party may assign this Agreement without the prior written consent of the other party.",
    "6.\tGoverning Law. This Agreement shall be governed by the laws of the State of New York.",
];

/// Creates RTF as Word does: special characters are escaped, and section numbers are labels of list items.
fn rtf() -> Vec<u8> {
    let letters = |text: &str| -> String {
        text.chars()
            .map(|character| match character {
                '\u{201C}' => "\\ldblquote ".to_owned(),
                '\u{201D}' => "\\'94".to_owned(),
                '\t' => "\\tab ".to_owned(),
                _ if character.is_ascii() => character.to_string(),
                _ => format!("\\u{}\\'3f", u32::from(character)),
            })
            .collect()
    };
    let paragraph = |text: &str| match text.split_once('\t') {
        Some((number, rest)) => {
            format!("{{\\listtext\\pard\\plain {number}\\tab}}\\pard\\ls1 {{\\rtlch\\af0 \\ltrch\\b {}}}\\par\r\n", letters(rest))
        }
        None => format!("\\pard\\qc {{\\fs24 {}}}\\par\r\n", letters(text)),
    };
    let body: String = CONTRACT.into_iter().map(paragraph).collect();
    format!("{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0\\froman\\fcharset0 Times;}}}}{{\\*\\generator x;}}\r\n{body}}}")
        .into_bytes()
}

fn odt() -> Vec<u8> {
    let paragraph = |text: &&str| format!("<text:p>{}</text:p>\n", text.replace('\t', "<text:tab/>"));
    let body: String = CONTRACT.iter().map(paragraph).collect();
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:text=\"t\"><office:body><office:text>{body}</office:text></office:body>\
         </office:document-content>"
    );
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", &content)] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(part.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn findings(bytes: &[u8], name: &str) -> (Document, Findings) {
    let document = extract(bytes, name).unwrap();
    let findings = crate::analyse(&document);
    (document, findings)
}

#[test]
fn a_contract_has_the_same_clauses_in_each_format() {
    let expected = findings(CONTRACT.join("\r\n").as_bytes(), "a.txt");
    assert!(expected.1.clauses.len() >= 10, "{:?}", expected.1.clauses);
    assert_eq!(findings(&rtf(), "a.rtf"), expected);
    assert_eq!(findings(&odt(), "a.odt"), expected);
}

#[test]
fn a_license_of_word_is_read() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let file = "shared/data/contracts/other/06---a16z-CBE-Form-License-CBE-Public-.rtf";
    let Some(bytes) = ["..", "../.."].iter().find_map(|parent| std::fs::read(root.join(parent).join(file)).ok()) else {
        return println!("skipped: {file} is absent");
    };
    let text = extract(&bytes, "a.rtf").unwrap().text;
    assert!(text.starts_with("EXHIBIT 6\n \u{201C}CAN\u{2019}T BE EVIL\u{201D} NFT LICENSE\n"), "{text}");
    assert!(text.contains("\n1.\tAPPLICATION OF CC0\n") && text.contains("\n2.1\tAdditional Features.  Creator may"), "{text}");
    assert_eq!(text.split_whitespace().count(), 788, "{text}");
}
