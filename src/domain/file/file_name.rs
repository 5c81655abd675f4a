//! Turns untrusted file names into safe ones.

use unicode_normalization::UnicodeNormalization;

/// Limit of common file systems for the length of a file name.
const MAX_BYTES: usize = 255;
const MAX_CHARACTERS: usize = 200;
/// Maximum length of an extension. A longer suffix counts as part of the name.
const MAX_EXTENSION_CHARACTERS: usize = 10;
const NAMELESS: &str = "document";

/// Removes folders, invisible characters and characters that file systems reject. A slash or backslash inside a title, as in `NDA
/// 3/8/2026.pdf`, becomes a hyphen. A long name is shortened and keeps its extension. The result is never empty and never starts
/// with a dot.
pub fn safe(name: &str) -> String {
    let kept: String = without_folders(name)
        .nfc()
        .filter(|c| !c.is_control() && !is_invisible(*c) && !r#"<>:"|?*"#.contains(*c))
        .map(|c| if matches!(c, '/' | '\\') { '-' } else { c })
        .collect();
    let kept = shortened(kept.trim().trim_matches('.'));
    if kept.is_empty() { NAMELESS.to_owned() } else { kept }
}

/// Returns the last component of a path, and returns other texts unchanged. A text is a path if it starts with a root, a drive,
/// `.` or `..`.
fn without_folders(name: &str) -> &str {
    let is_separator = |c: char| matches!(c, '/' | '\\');
    let drive = name.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/");
    let first = name.split(is_separator).next().unwrap_or_default();
    let is_path = drive || (matches!(first, "" | "." | "..") && name.contains(is_separator));
    if is_path { name.rsplit(is_separator).next().unwrap_or_default() } else { name }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn shortened(name: &str) -> String {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && (1..=MAX_EXTENSION_CHARACTERS).contains(&end.chars().count()) => {
            (stem, &name[stem.len()..])
        }
        _ => (name, ""),
    };
    let mut bytes = extension.len();
    let characters = MAX_CHARACTERS - extension.chars().count();
    let kept: String = stem
        .chars()
        .take(characters)
        .take_while(|c| {
            bytes += c.len_utf8();
            bytes <= MAX_BYTES
        })
        .collect();
    format!("{}{extension}", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_removed_and_separators_in_titles_become_hyphens() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            (r"..\..\boot.ini", "boot.ini"),
            (r"C:\temp\.bashrc", "bashrc"),
            ("/home/ada/NDA.pdf", "NDA.pdf"),
            ("./NDA.pdf", "NDA.pdf"),
            ("NDA 3/8/2026 Acme.pdf", "NDA 3-8-2026 Acme.pdf"),
            (r"Terms AC\DC.pdf", "Terms AC-DC.pdf"),
            ("50/50 split.docx", "50-50 split.docx"),
            ("a\0b.pdf", "ab.pdf"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("<img onerror>.pdf", "img onerror.pdf"),
            ("Zoe\u{308}.pdf", "Zoë.pdf"),
            ("Vertrag (endgültig) ✓.docx", "Vertrag (endgültig) ✓.docx"),
            ("", "document"),
            ("..", "document"),
            ("/", "document"),
        ] {
            assert_eq!(safe(given), kept, "{given}");
        }
    }

    #[test]
    fn long_name_keeps_its_extension() {
        for (name, extension) in
            [(format!("{}.pdf", "a".repeat(251)), ".pdf"), (format!("{}.docx", "契".repeat(120)), ".docx"), ("é".repeat(400), "")]
        {
            let kept = safe(&name);
            assert!(kept.ends_with(extension) && kept.len() <= 255 && kept.chars().count() <= 200, "{kept}");
            assert!(kept.len() > 190, "{kept}");
        }
    }
}
