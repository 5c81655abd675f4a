//! Tests with the documents in the folder `../shared/data`, if it exists: file types, text, limits, prompt injections.

use std::path::{Path, PathBuf};

use analysis::file_type::{FileRejection, FileType, identify};
use analysis::reader::Reader;
use analysis::text::{Document, ExtractError};

/// Reads every document and reports unexpected outcomes.
pub async fn check() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let candidates = [root.join("../shared/data"), root.join("../../shared/data")];
    let Some(data) = candidates.iter().find(|folder| folder.join("hostile").is_dir()) else {
        println!("skipped: there is no folder ../shared/data");
        return Ok(());
    };
    let faults = check_all(data).await;
    for fault in &faults {
        println!("FAULT {fault}");
    }
    if faults.is_empty() { Ok(()) } else { Err(format!("{} faults", faults.len())) }
}

type Outcome = Result<Document, ExtractError>;

async fn read(path: &Path) -> Outcome {
    let reader = Reader::current_program().expect("this program");
    let file = tokio::fs::File::open(path).await.expect("a file of the folder");
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    reader.extract(file, &name).await
}

async fn check_all(data: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    let expectations = std::fs::read_to_string(data.join("hostile/selfmade/expectations.csv")).unwrap_or_default();
    for path in files(data) {
        let started = std::time::Instant::now();
        let outcome = read(&path).await;
        let shown = path.strip_prefix(data).unwrap_or(&path).display().to_string();
        println!("{:6} ms  {shown}: {}", started.elapsed().as_millis(), describe(&outcome));
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        faults.extend(check_type(&shown, &name, &path));
        let expected = expectations.lines().find(|line| line.split(',').next() == Some(&name)).unwrap_or_default();
        faults.extend(check_outcome(&shown, &name, expected, &outcome));
    }
    faults.extend(check_tracked(data).await);
    faults.extend(check_injections(data).await);
    faults
}

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Ok(document) => {
            let start: String = document.text.chars().take(60).map(|letter| if letter == '\n' { ' ' } else { letter }).collect();
            format!("{} letters {:?} {start}", document.text.chars().count(), document.warnings)
        }
        Err(error) => format!("{error:?}"),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !matches!(path.extension().and_then(|word| word.to_str()), Some("csv" | "json" | "xz" | "md")) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Checks the file type: contracts must be accepted, and files of unsupported types must be rejected.
fn check_type(shown: &str, name: &str, path: &Path) -> Option<String> {
    let mut file = std::fs::File::open(path).expect("a file of the folder");
    let identified = FileType::of_name(name).and_then(|claimed| identify(&mut file, claimed).expect("a file that can be read"));
    let is_rejected = match name {
        "xlsx-shaped.docx"
        | "rtf-bytes.docx"
        | "png-bytes.pdf"
        | "polyglot-pdf-docx.pdf"
        | "one-byte.docx"
        | "zero-byte.pdf"
        | "no-content-types.docx"
        | "pdf-inside-leading-20kB.pdf" => true,
        "protected_agile.docx" => {
            return (identified != Err(FileRejection::PasswordProtected)).then(|| format!("{shown}: {identified:?}"));
        }
        _ if shown.starts_with("contracts") || shown.starts_with("cuad") || name == "ok-minimal.docx" => false,
        _ => return None,
    };
    (identified.is_err() != is_rejected).then(|| format!("{shown}: its type is {identified:?}"))
}

/// Compares the outcome with `expected`. No document is allowed to crash the reader.
fn check_outcome(shown: &str, name: &str, expected: &str, outcome: &Outcome) -> Option<String> {
    let text = outcome.as_ref().map(|document| document.text.as_str()).unwrap_or_default();
    let fault = |what: &str| Some(format!("{shown}: {what}: {}", describe(outcome)));
    if matches!(outcome, Err(ExtractError::Crashed | ExtractError::TimedOut)) && !shown.contains("bomb") {
        return fault("crashed or timed out");
    }
    if text.len() > 8 * 1024 * 1024 {
        return fault("more text than allowed");
    }
    let must_refuse = expected.contains(",reject,") || expected.contains(",reject; memory bounded,");
    // Exception: `rtf-bytes.docx` is read as RTF. `check_type` finds the contradiction between its name and its content.
    if must_refuse && outcome.is_ok() && name != "rtf-bytes.docx" {
        return fault("must be refused");
    }
    let holds = |part: &str| text.contains(part);
    let wrong = match name {
        "ok-minimal.docx" => text.lines().filter(|line| !line.is_empty()).count() != 3,
        "encrypted-rc4-40-user-secret.pdf" | "protected_agile.docx" => *outcome != Err(ExtractError::Encrypted),
        "encrypted-aes256-owner-only.pdf" => outcome.is_err(),
        "rtf-bytes.docx" => text != "not a docx",
        "tracked-conflict.docx" => !holds("USD 10") || holds("1,000,000"),
        "prompt-injection-vanish.docx" => {
            outcome.as_ref().is_ok_and(|document| !document.warnings.iter().any(|w| w.contains("Hidden")))
        }
        "prompt-injection-white-1pt.docx" | "white-text-injection.pdf" | "invisible-text-injection.pdf" => {
            outcome.as_ref().is_ok_and(|document| document.hidden_text.is_none())
        }
        "flate-bomb-300MB.pdf" | "text-bomb-60MB.pdf" | "zipbomb-document-400MB.docx" => {
            !matches!(outcome, Err(ExtractError::TooLarge { .. }))
        }
        "unicode-bidi-zero-width.docx" => text.contains(['\u{202E}', '\u{200B}']),
        _ if shown.starts_with("contracts/other") && name.ends_with(".rtf") => text.len() < 200 || !holds("NFT LICENSE"),
        _ if shown.starts_with("contracts/other") => !matches!(outcome, Err(ExtractError::NotSupported { .. })),
        _ if shown.starts_with("contracts/") => text.len() < 200,
        _ if shown.starts_with("cuad/") => text.len() < 500 && !matches!(outcome, Err(ExtractError::Scanned { .. })),
        _ => false,
    };
    if wrong { fault("not as expected") } else { None }
}

async fn check_tracked(data: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for path in files(&data.join("contracts/tracked")) {
        let truth = std::fs::read(path.with_extension("truth.json")).unwrap_or_default();
        let Ok(truth) = serde_json::from_slice::<serde_json::Value>(&truth) else { continue };
        let Ok(document) = read(&path).await else { continue };
        let text = document.text.split_whitespace().collect::<Vec<_>>().join(" ");
        for change in truth["changes"].as_array().into_iter().flatten() {
            let inserted = change[1].as_str().unwrap_or_default();
            if !text.contains(inserted) {
                faults.push(format!("{}: the insertion {inserted:?} is missing", path.display()));
            }
            let deleted = change[0].as_str().unwrap_or_default();
            if !deleted.is_empty() && text.contains(&format!("{deleted}{inserted}")) {
                faults.push(format!("{}: the deletion {deleted:?} is still there", path.display()));
            }
        }
        if !document.warnings.iter().any(|warning| warning.contains("tracked changes")) {
            faults.push(format!("{}: no warning", path.display()));
        }
    }
    faults
}

/// Checks that prompt injections in a document do not change the risks that the analysis reports.
async fn check_injections(data: &Path) -> Vec<String> {
    let folder = data.join("hostile/selfmade");
    let mut faults = Vec::new();
    for path in files(&folder).iter().filter(|path| path.display().to_string().contains("injection")) {
        let is_pdf = path.extension().is_some_and(|extension| extension == "pdf");
        let sibling = folder.join(if is_pdf { "embedded-exe.pdf" } else { "ok-minimal.docx" });
        let (Ok(injected), Ok(clean)) = (read(path).await, read(&sibling).await) else {
            faults.push(format!("{}: not read", path.display()));
            continue;
        };
        let of_clauses = |document: &Document| Document { text: document.text.clone(), ..Document::default() };
        let risks = |document: &Document| analysis::analyse(&of_clauses(document)).risks;
        if risks(&injected) != risks(&clean) {
            faults.push(format!("{}: the injection changed the risks", path.display()));
        }
    }
    faults
}
