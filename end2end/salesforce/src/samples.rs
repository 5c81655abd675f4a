//! The documents that a fresh organization holds, and that control and the page offer by name.

/// A built-in document.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Its file name, which is also how control names it.
    pub file_name: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

/// Every built-in document.
pub static SAMPLES: &[Sample] = &[
    Sample { file_name: "Master Services Agreement.pdf", bytes: include_bytes!("../seed/Master Services Agreement.pdf") },
    Sample { file_name: "Master Services Agreement.docx", bytes: include_bytes!("../seed/Master Services Agreement.docx") },
    Sample {
        file_name: "Mutual Non-Disclosure Agreement.docx",
        bytes: include_bytes!("../seed/Mutual Non-Disclosure Agreement.docx"),
    },
    Sample { file_name: "Order Form.pdf", bytes: include_bytes!("../seed/Order Form.pdf") },
];

/// The document of that name.
pub fn find(file_name: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.file_name.eq_ignore_ascii_case(file_name))
}
