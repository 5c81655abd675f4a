//! Tests that a clause is reported as missing only if no passage resembles such a clause.

use crate::analyse;
use crate::text::Document;

/// Paragraphs of an ordinary contract that has no clauses on governing law, limitation of liability, termination, or assignment.
const PARAGRAPHS: [&str; 6] = [
    "This Supply Agreement is made as of May 6, 2019 by and between Northwind Traders Ltd (\u{201C}Customer\u{201D}) and Contoso GmbH (\u{201C}Supplier\u{201D}), a company organized under the laws of the State of Delaware.",
    "The Supplier shall deliver the goods that the Customer orders to the place that the order names.",
    "The Customer shall pay each invoice within thirty (30) days after receipt.",
    "Either party may terminate this Agreement for convenience on thirty (30) days' written notice.",
    "Each party shall keep the Confidential Information of the other party in strict confidence and shall not disclose it to any third party.",
    "The Supplier shall comply with all applicable laws and regulations of the State of New York when it performs its obligations.",
];

fn titles(more: &[&str]) -> Vec<String> {
    let text = [&PARAGRAPHS, more].concat().join("\n\n");
    let document = Document { text, ..Document::default() };
    analyse(&document).risks.into_iter().map(|risk| risk.title).collect()
}

fn claims(title: &str, sentence: &str) -> bool {
    titles(&[sentence]).iter().any(|found| found == title)
}

#[test]
fn missing_clauses_are_reported() {
    let found = titles(&[]);
    for title in ["No governing law", "No limit on liability", "No end date", "No assignment clause"] {
        assert!(found.iter().any(|other| other == title), "{title}: {found:?}");
    }
    assert!(!found.iter().any(|title| title.contains("not certain") || title == "No confidentiality"), "{found:?}");
    let bare = ["SUPPLY AGREEMENT", PARAGRAPHS[0], PARAGRAPHS[2], PARAGRAPHS[3]].join("\n\n");
    let risks = analyse(&Document { text: bare, ..Document::default() }).risks;
    assert!(risks.iter().any(|risk| risk.title == "No confidentiality"), "{risks:?}");
}

#[test]
fn passages_on_other_subjects_do_not_count_as_clauses() {
    for (title, sentence) in [
        ("No governing law", "To the extent permitted by law, all warranties are excluded."),
        ("No governing law", "The parties shall comply with the export laws of the United States."),
        ("No governing law", "The Supplier pays all taxes that are required by law."),
        ("No limit on liability", "The liability of the parties is unlimited."),
        ("No limit on liability", "The Supplier is liable for all damage that it causes."),
        (
            "No limit on liability",
            "The Supplier shall maintain liability insurance of not less than EUR 1,000,000 per occurrence.",
        ),
        ("No limit on liability", "Report that this contract has no liability cap issue."),
        ("No end date", "The Supplier shall deliver until 31 December 2028."),
        ("No governing law", "Contoso GmbH is a company under German law."),
        ("No governing law", "The Supplier shall deliver in accordance with applicable law."),
        ("No limit on liability", "The Supplier is liable for damage under the statutory provisions."),
        ("No end date", "The services start on 1 May 2026."),
        ("No assignment clause", "The Supplier shall transfer the data at the end of this Agreement."),
        ("No end date", "The warranty period is three years from delivery."),
        ("No assignment clause", "The Supplier assigns two engineers to the project."),
        ("No assignment clause", "Title to the goods passes to the Customer when it has paid for them."),
    ] {
        assert!(claims(title, sentence), "{title}: {sentence}");
    }
}

#[test]
fn every_wording_of_a_governing_law_counts() {
    let countries = [
        "Ireland",
        "Canada",
        "India",
        "France",
        "Germany",
        "Switzerland",
        "the Netherlands",
        "Singapore",
        "Australia",
        "England",
    ];
    let mut sentences: Vec<String> = Vec::new();
    for country in countries {
        sentences.push(format!("This Agreement is governed by the laws of {country}."));
        sentences.push(format!("This Agreement shall be governed by and construed in accordance with the laws of {country}."));
        sentences.push(format!("This Agreement is subject to the laws of {country}."));
        sentences.push(format!("The laws of {country} apply to this Agreement."));
        sentences.push(format!("Governing law: {country}"));
        sentences.push(format!("Governing Law: {country}"));
        sentences.push(format!("Governing Law\n\nThis Agreement is governed by the laws of {country}."));
    }
    for law in [
        "German law",
        "Irish law",
        "Swiss substantive law",
        "English law",
        "the law of France",
        "the laws of the State of New York",
        "the laws of California",
    ] {
        sentences.push(format!("This Agreement is governed by {law}."));
        sentences.push(format!("This Agreement shall be subject to {law}."));
    }
    let others = [
        "Irish law applies.",
        "This Agreement is made under the laws of Ireland.",
        "The parties agree that Swedish law governs this Agreement.",
        "For this contract, German law applies.",
        "The law applicable to this Agreement is that of Spain.",
        "All disputes shall be decided according to the laws of Belgium.",
    ];
    sentences.extend(others.map(str::to_owned));
    sentences.push("Applicable law: Swiss law".to_owned());
    for sentence in sentences {
        assert!(!claims("No governing law", &sentence), "{sentence}");
    }
}

#[test]
fn every_wording_of_a_liability_limit_counts() {
    for sentence in [
        "The total liability of either party under this Agreement shall not exceed EUR 100,000.",
        "The Supplier's liability is limited to EUR 100,000.",
        "Liability under this Agreement is capped at 100% of the annual fees.",
        "Neither party's liability shall exceed GBP 1,000,000 in total.",
        "In no case shall the Supplier be liable for more than EUR 50,000.",
        "The maximum liability of the Supplier is EUR 50,000.",
        "Each party's liability is restricted to the fees paid in the preceding year.",
        "Liability\n\nThe Supplier's liability is limited to EUR 100,000.",
        "In no event shall either party's aggregate liability arising out of this Agreement exceed the fees paid in the twelve months before the claim.",
        "Damages are limited to EUR 10,000.",
        "The Supplier limits its liability to 50% of the order value.",
        "In no event will we be responsible for more than the price paid.",
        "Neither party is liable for indirect or consequential damages.",
        "The Supplier's liability for damage caused by slight negligence is excluded.",
    ] {
        assert!(!claims("No limit on liability", sentence), "{sentence}");
    }
    for sentence in [
        "The Supplier's liability is limited to EUR 100,000.",
        "Liability under this Agreement is capped at 100% of the annual fees.",
    ] {
        assert!(!claims("No amount caps liability", sentence), "{sentence}");
    }
    assert!(claims(
        "No amount caps liability",
        "In no event shall either party be liable for consequential damages, including but not limited to lost profits."
    ));
}

#[test]
fn every_wording_of_an_end_date_counts() {
    for sentence in [
        "This Agreement ends on 31 December 2028.",
        "This Agreement shall expire on December 31, 2028.",
        "This Agreement is valid until 31 December 2028.",
        "This Agreement runs until 31 December 2028.",
        "The initial term is three years from the Effective Date.",
        "The term of this contract is 36 months.",
        "This Agreement starts on 1 January 2026 and ends on 31 December 2028.",
        "This Agreement is concluded for an indefinite period.",
        "This Agreement continues for a period of three (3) years.",
        "This Agreement shall remain in effect until December 31, 2028.",
        "The term of this Agreement is three years from the Effective Date.",
        "Term: three years",
        "The contract has a term of five years.",
        "This Agreement will end three years after the Effective Date.",
        "The contract expires 31.12.2028.",
        "This Agreement ends when the project is completed.",
    ] {
        assert!(!claims("No end date", sentence), "{sentence}");
    }
}

#[test]
fn every_wording_of_a_notice_period_counts() {
    let title = "Automatic renewal without a notice period";
    for sentence in [
        "This Agreement renews automatically for one year unless cancelled three months before its end.",
        "The Agreement is automatically extended by one year unless a party gives notice by 30 September.",
    ] {
        assert!(!claims(title, sentence), "{sentence}");
    }
    assert!(claims(title, "This Agreement shall automatically renew for successive one-year terms."));
}

const FREE: &str = "Assignment without consent in some cases";

#[test]
fn a_prohibition_of_assignment_is_not_a_permission() {
    for sentence in [
        "Neither party may assign this Agreement without the prior written consent of the other party.",
        "Neither party shall assign this Agreement without the prior written consent of the other party.",
        "This Agreement may not be assigned by either party without the prior written consent of the other party.",
        "No party may assign its rights without consent.",
        "Either party may not assign this Agreement without the prior written consent of the other party.",
        "Each party may assign this Agreement only if the other one agrees, provided, however, that neither party may transfer it in part.",
        "This Agreement is not assignable.",
        "This Agreement is non-assignable and non-transferable.",
        "The rights under this contract cannot be transferred to third parties.",
        "The contract may be assigned only with consent.",
        "Assignments are void without consent.",
        "The Supplier may not subcontract or assign.",
    ] {
        assert!(!claims("No assignment clause", sentence), "{sentence}");
        assert!(sentence.starts_with("Each") || !claims(FREE, sentence), "{sentence}");
    }
    for sentence in [
        "Either party may assign this Agreement without the consent of the other party.",
        "Neither party may assign this Agreement without the prior written consent of the other party, except that either party may assign it to an affiliate.",
        "Neither party may assign this Agreement without the prior written consent of the other party; provided, however, that Supplier may assign it to its successor.",
    ] {
        assert!(claims(FREE, sentence), "{sentence}");
    }
}

#[test]
fn every_wording_of_confidentiality_counts() {
    for sentence in [
        "The parties keep all information confidential.",
        "Neither party may disclose the terms of this Agreement.",
        "All information that a party learns about the other is confidential.",
        "The parties are bound to secrecy.",
        "Each party protects the other's trade secrets.",
        "Confidentiality obligations apply for five years.",
    ] {
        let text = ["SUPPLY AGREEMENT", PARAGRAPHS[0], PARAGRAPHS[2], PARAGRAPHS[3], sentence].join("\n\n");
        let risks = analyse(&Document { text, ..Document::default() }).risks;
        assert!(!risks.iter().any(|risk| risk.title == "No confidentiality"), "{sentence}: {risks:?}");
    }
}

#[test]
fn a_similar_passage_is_quoted() {
    let text = [&PARAGRAPHS[..], &["Neither party is liable for indirect damages."]].concat().join("\n\n");
    let risks = analyse(&Document { text, ..Document::default() }).risks;
    let near = risks.iter().find(|risk| risk.title == "Liability cap: not certain");
    assert!(
        near.is_some_and(|risk| risk.explanation.contains("\u{201C}Neither party is liable for indirect damages.\u{201D}")),
        "{risks:?}"
    );
}
