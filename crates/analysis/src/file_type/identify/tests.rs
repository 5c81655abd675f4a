use super::{FileRejection, FileType, identify};
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use strum::VariantArray;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

const EICAR: &[u8] = br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const MACRO_WORD: &str = "application/vnd.ms-word.document.macroEnabled.main+xml";
const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
const SLIDES: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";
const ODT: &str = "application/vnd.oasis.opendocument.text";

fn identified(bytes: &[u8], claimed: Option<FileType>) -> Result<FileType, FileRejection> {
    identify(&mut Cursor::new(bytes), claimed).unwrap()
}

fn named(name: &str, bytes: &[u8]) -> Result<FileType, FileRejection> {
    identified(bytes, FileType::of_name(name)?)
}

fn archive(entries: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn types(content_type: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><Types><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/word/document.xml\" ContentType=\"{content_type}\"/></Types>"
    )
}

const RELATIONSHIPS: &str = "<Relationships><Relationship Id=\"rId1\" \
    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";

fn package(content_type: &str) -> Vec<u8> {
    archive(&[
        ("[Content_Types].xml", &types(content_type)),
        ("_rels/.rels", RELATIONSHIPS),
        ("word/document.xml", "<w:document/>"),
    ])
}

fn open_document(mime: &str) -> Vec<u8> {
    archive(&[("mimetype", mime), ("content.xml", "<office:document-content/>"), ("META-INF/manifest.xml", "<m/>")])
}

/// Creates a compound file with one FAT sector and one directory sector. Entries are (name, kind, left sibling, right sibling,
/// child).
fn compound(entries: &[(&str, u8, u32, u32, u32)]) -> Vec<u8> {
    const NONE: u32 = 0xFFFF_FFFF;
    let mut header = vec![0; 512];
    header[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    header[30] = 9;
    header[48..52].copy_from_slice(&1_u32.to_le_bytes());
    header[68..72].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    header[76..].fill(0xFF);
    header[76..80].copy_from_slice(&0_u32.to_le_bytes());
    let mut fat = vec![0xFF; 512];
    fat[..4].copy_from_slice(&0xFFFF_FFFD_u32.to_le_bytes());
    fat[4..8].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    let mut directory = Vec::new();
    for (name, kind, left, right, child) in entries {
        let mut entry = [0; 128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[2 * at..2 * at + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = u8::try_from(2 * name.len() + 2).unwrap();
        entry[66] = *kind;
        for (at, number) in [(68, left), (72, right), (76, child)] {
            let number = if *number == 0 { NONE } else { *number };
            entry[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        directory.extend(entry);
    }
    directory.resize(512, 0);
    [header, fat, directory].concat()
}

const ROOT: (&str, u8, u32, u32, u32) = ("Root Entry", 5, 0, 0, 1);

fn doc() -> Vec<u8> {
    compound(&[ROOT, ("1Table", 2, 2, 0, 0), ("WordDocument", 2, 0, 0, 0)])
}

#[test]
fn accepted_types_are_identified_by_their_bytes() {
    let utf16: Vec<u8> = "\u{feff}Vertrag".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, kind) in [
        ("a.pdf", b"%PDF-1.7 one".to_vec(), FileType::Pdf),
        ("A.PDF", b"\r\n\r\n%PDF-1.4".to_vec(), FileType::Pdf),
        ("a.docx", package(WORD), FileType::Docx),
        ("a.odt", open_document(ODT), FileType::Odt),
        ("a.doc", doc(), FileType::Doc),
        ("a.rtf", b"{\\rtf1 text}".to_vec(), FileType::Rtf),
        ("a.txt", b"An agreement between <Party A> and <Object GmbH>, x < y.".to_vec(), FileType::Txt),
        ("a.txt", "Käufer – “Vertrag”".as_bytes().to_vec(), FileType::Txt),
        ("a.txt", b"K\xE4ufer \x96 \x93Vertrag\x94".to_vec(), FileType::Txt),
        ("a.txt", utf16, FileType::Txt),
    ] {
        assert_eq!(named(name, &bytes), Ok(kind), "{name} {:?}", String::from_utf8_lossy(&bytes));
        if kind != FileType::Txt {
            assert_eq!(identified(&bytes, None), Ok(kind), "without a name");
        }
    }
    assert_eq!(identified(b"An agreement", None), Err(FileRejection::NoExtension));
}

#[test]
fn a_name_that_contradicts_the_content_is_rejected() {
    use FileRejection::{Archive, OtherContent, OtherExtension, Picture};
    let samples = [
        ("pdf", b"%PDF-1.7".to_vec()),
        ("docx", package(WORD)),
        ("odt", open_document(ODT)),
        ("doc", doc()),
        ("rtf", b"{\\rtf1}".to_vec()),
    ];
    for (kind, bytes) in &samples {
        for other in FileType::VARIANTS.iter().map(|other| other.extension()).filter(|other| other != kind) {
            assert!(named(&format!("a.{other}"), bytes).is_err(), "{kind} named {other}");
        }
    }
    for (name, bytes, reason) in [
        ("invoice.pdf.exe", &b"MZ\x90\0"[..], OtherExtension),
        ("x.html", b"<html><script>alert(1)</script>", OtherExtension),
        ("x.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", Picture),
        ("program.pdf", b"MZ\x90\0", OtherContent),
        ("eicar.pdf", EICAR, OtherContent),
        ("page.doc", b"<html><body>", OtherContent),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n", Picture),
        ("picture.doc", b"\xFF\xD8\xFF\xE0", Picture),
        ("archive.odt", b"7z\xBC\xAF\x27\x1C", Archive),
        ("empty.docx", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", OtherContent),
        ("broken.docx", b"PK\x03\x04 and nothing else", OtherContent),
        ("a.pdf", b"", OtherContent),
    ] {
        assert_eq!(named(name, bytes), Err(reason), "{name}");
    }
}

#[test]
fn polyglots_are_rejected() {
    for (bytes, reason) in [
        ([b"MZ\x90\0".to_vec(), b"%PDF-1.7".to_vec()].concat(), FileRejection::OtherContent),
        ([b"GIF89a".to_vec(), b"%PDF-1.7".to_vec()].concat(), FileRejection::Picture),
        ([b"<html><body>".to_vec(), b"%PDF-1.7".to_vec()].concat(), FileRejection::OtherContent),
        ([b"%PDF-1.7\n".to_vec(), package(WORD)].concat(), FileRejection::OtherContent),
        (archive(&[("%PDF-1.7", "x")]), FileRejection::OtherContent),
    ] {
        assert_eq!(named("a.pdf", &bytes), Err(reason), "{:?}", &bytes[..8]);
    }
    assert_eq!(named("a.docx", &[b"MZ".to_vec(), package(WORD)].concat()), Err(FileRejection::OtherContent));
    assert_eq!(named("a.txt", b"%PDF-1.7 text"), Err(FileRejection::OtherContent));
}

#[test]
fn other_packages_are_rejected() {
    for (name, bytes, reason) in [
        ("a.docx", package(SHEET), FileRejection::Spreadsheet),
        ("a.docx", package(SLIDES), FileRejection::Presentation),
        ("a.docx", package(MACRO_WORD), FileRejection::Macros),
        ("a.docx", archive(&[("word/document.xml", "<w:document/>")]), FileRejection::OtherContent),
        (
            "a.docx",
            archive(&[("[Content_Types].xml", &types(WORD)), ("_rels/.rels", RELATIONSHIPS)]),
            FileRejection::OtherContent,
        ),
        ("a.odt", open_document("application/vnd.oasis.opendocument.spreadsheet"), FileRejection::OtherContent),
        ("a.odt", open_document("application/vnd.oasis.opendocument.text-template"), FileRejection::OtherContent),
        ("a.odt", archive(&[("content.xml", "x"), ("mimetype", ODT)]), FileRejection::OtherContent),
    ] {
        assert_eq!(named(name, &bytes), Err(reason), "{name}");
    }
    let without_relationships = archive(&[("[Content_Types].xml", &types(WORD)), ("word/document.xml", "<w:document/>")]);
    assert_eq!(named("a.docx", &without_relationships), Ok(FileType::Docx));
}

#[test]
fn the_main_part_of_a_word_document_may_have_any_name() {
    for (name, target) in [
        ("word\\document.xml", "word/document.xml"),
        ("Word/Document.xml", "word\\document.xml"),
        ("word/document22.xml", "/word/document22.xml"),
        ("story/main.xml", "word/../story/main.xml"),
    ] {
        let types = types(WORD).replace("word/document.xml", &name.replace('\\', "/"));
        let relationships = RELATIONSHIPS.replace("word/document.xml", target);
        let bytes = archive(&[("[Content_Types].xml", &types), ("_rels/.rels", &relationships), (name, "<w:document/>")]);
        assert_eq!(named("a.docx", &bytes), Ok(FileType::Docx), "{name} {target}");
    }
    let twice = archive(&[
        ("[Content_Types].xml", &types(WORD)),
        ("word/document.xml", "<w:document/>"),
        ("word\\document.xml", "<w:document/>"),
    ]);
    assert_eq!(named("a.docx", &twice), Err(FileRejection::OtherContent));
}

#[test]
fn compound_files_without_a_top_level_word_document_are_rejected() {
    let workbook =
        compound(&[("Root Entry", 5, 0, 0, 1), ("Workbook", 2, 0, 2, 0), ("MBD0001", 1, 0, 0, 3), ("WordDocument", 2, 0, 0, 0)]);
    let encrypted = compound(&[ROOT, ("EncryptionInfo", 2, 0, 2, 0), ("EncryptedPackage", 2, 0, 0, 0)]);
    let message = compound(&[ROOT, ("__properties_version1.0", 2, 0, 0, 0)]);
    let slides = compound(&[ROOT, ("PowerPoint Document", 2, 0, 0, 0)]);
    let circle = compound(&[ROOT, ("a", 1, 1, 1, 1), ("WordDocument", 2, 0, 0, 0)]);
    for (bytes, reason) in [
        (&workbook, FileRejection::Spreadsheet),
        (&slides, FileRejection::Presentation),
        (&message, FileRejection::Email),
        (&circle, FileRejection::OtherContent),
        (&encrypted, FileRejection::PasswordProtected),
        (&doc()[..512].to_vec(), FileRejection::OtherContent),
    ] {
        assert_eq!(named("a.doc", bytes), Err(reason));
    }
    assert_eq!(named("a.docx", &encrypted), Err(FileRejection::PasswordProtected));
}

#[test]
fn text_with_markup_or_binary_data_is_rejected() {
    let long = "An agreement. ".repeat(10_000);
    let utf16: Vec<u8> = "\u{feff}a <SCRIPT>".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        b"\xEF\xBB\xBF  <!DOCTYPE html>".to_vec(),
        b"<?xml version=\"1.0\"?><a/>".to_vec(),
        b"text <svg/onload=alert(1)>".to_vec(),
        format!("{long}<iframe src=x>{long}").into_bytes(),
        [vec![b'a'; 64 * 1024 - 3], b"<script>".to_vec()].concat(),
        utf16,
        b"a\0b".to_vec(),
        b"a\x1b[2J".to_vec(),
        b"not UTF-8 \xFF and not Windows-1252 \x81".to_vec(),
        "\u{feff}a".encode_utf16().flat_map(u16::to_le_bytes).chain([1]).collect(),
    ] {
        assert_eq!(
            named("a.txt", &bytes),
            Err(FileRejection::Markup),
            "{:?}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
        );
    }
    // The first byte of the letter "ä" ends a chunk, and its second byte begins the next chunk.
    let text = [vec![b'a'; 64 * 1024 - 1], "ä\u{81}".as_bytes().to_vec()].concat();
    assert_eq!(named("a.txt", &text), Ok(FileType::Txt));
}

struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn large_files_are_not_read_completely() {
    let picture = "p".repeat(20_000_000);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in [
        ("word/media/image1.png", picture.as_str()),
        ("[Content_Types].xml", &types(WORD)),
        ("word/document.xml", "<w:document/>"),
    ] {
        writer.start_file(name, stored).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    let docx = writer.finish().unwrap().into_inner();
    let pdf = [b"%PDF-1.7\n".to_vec(), vec![b'x'; 20_000_000]].concat();
    for (claimed, bytes) in [(FileType::Docx, docx), (FileType::Pdf, pdf)] {
        let mut reader = Counted { inner: Cursor::new(bytes), bytes: 0 };
        assert_eq!(identify(&mut reader, Some(claimed)).unwrap(), Ok(claimed));
        assert!(reader.bytes < 200_000, "{claimed:?}: {}", reader.bytes);
    }
}

#[test]
fn packages_with_excessive_claims_are_rejected() {
    let mut bytes = package(WORD);
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[0xFF; 4]);
    assert_eq!(named("a.docx", &bytes), Err(FileRejection::OtherContent), "more entries than are allowed");
    let bomb = archive(&[("[Content_Types].xml", &" ".repeat(2 * 1024 * 1024)), ("word/document.xml", "")]);
    assert_eq!(named("a.docx", &bomb), Err(FileRejection::OtherContent));
    let names: Vec<String> = (0..4_100).map(|number| format!("word/{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(named("a.docx", &archive(&many)), Err(FileRejection::OtherContent));
}
