//! Sample documents. The control API and the web page can attach them to Opportunities by file name.

#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub file_name: &'static str,
    pub bytes: &'static [u8],
}

pub static SAMPLES: &[Sample] = &[
    Sample { file_name: "Master Services Agreement.pdf", bytes: include_bytes!("../seed/Master Services Agreement.pdf") },
    Sample { file_name: "Master Services Agreement.docx", bytes: include_bytes!("../seed/Master Services Agreement.docx") },
    Sample {
        file_name: "Mutual Non-Disclosure Agreement.docx",
        bytes: include_bytes!("../seed/Mutual Non-Disclosure Agreement.docx"),
    },
    Sample { file_name: "Order Form.pdf", bytes: include_bytes!("../seed/Order Form.pdf") },
];

pub fn find(file_name: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|sample| sample.file_name.eq_ignore_ascii_case(file_name))
}
