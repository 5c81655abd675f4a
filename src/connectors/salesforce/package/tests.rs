//! Tests the complete package that administrators download.

use super::project::FILES;
use super::setup_package;
use crate::connectors::SetupContext;
use crate::domain::connection::{Environment, Settings, StatusFieldType};
use crate::domain::contract::NegotiationStatus;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

const AWKWARD: &str = "A & B <\"x\"> {{stages}} `é`";

fn awkward() -> Settings {
    let changes = json!({
        "status_field": "Legal_State__c",
        "status_labels": {"draft": "R&D \"<draft>\"", "signed": "approved"},
        "trigger_stages": [AWKWARD, "Needs Legal Review"],
    });
    Settings::default().merged(changes.as_object().unwrap()).unwrap()
}

fn bytes(settings: &Settings, status_field: StatusFieldType) -> Vec<u8> {
    setup_package(&SetupContext {
        account: "Acme `Corp`\n(ada@acme.com)",
        environment: Environment::Sandbox,
        login_url: "https://test.salesforce.com/",
        origin: "https://contracts.example",
        webhook_path: "/api/v1/integrations/salesforce/webhook",
        deal_status_path: "/api/v1/integrations/salesforce/deal-status",
        callback_url: "https://contracts.example/api/v1/integrations/salesforce/callback",
        settings,
        status_field,
    })
}

fn files(settings: &Settings, status_field: StatusFieldType) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes(settings, status_field))).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        files.insert(file.name().unwrap().into_owned(), content);
    }
    files
}

fn ending<'f>(files: &'f BTreeMap<String, String>, end: &str) -> &'f str {
    let mut found = files.iter().filter(|(path, _)| path.ends_with(end));
    let (_, content) = found.next().unwrap_or_else(|| panic!("{end}"));
    assert!(found.next().is_none(), "{end}");
    content
}

/// Text contents of all elements with this name. Panics if the document is not well-formed.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let (mut texts, mut open) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                open.push(String::from_utf8(start.name().as_ref().to_vec()).unwrap());
                if open.last().unwrap() == name {
                    texts.push(String::new());
                }
            }
            Event::Text(text) if open.last().is_some_and(|open| open == name) => {
                texts.last_mut().unwrap().push_str(&text.decode().unwrap());
            }
            Event::GeneralRef(entity) if open.last().is_some_and(|open| open == name) => {
                let entity = format!("&{};", entity.decode().unwrap());
                texts.last_mut().unwrap().push_str(&quick_xml::escape::unescape(&entity).unwrap());
            }
            Event::End(_) => drop(open.pop()),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty(), "{xml}");
    texts
}

#[test]
fn package_is_reproducible_and_depends_on_settings() {
    let once = bytes(&awkward(), StatusFieldType::Picklist);
    assert_eq!(once, bytes(&awkward(), StatusFieldType::Picklist));
    assert_ne!(once, bytes(&awkward(), StatusFieldType::Text));
    let mut archive = zip::ZipArchive::new(Cursor::new(once)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.is_sorted(), "{names:?}");
    let first = archive.by_index(0).unwrap();
    assert_eq!(first.last_modified().map(|time| time.year()), Some(1980));
}

#[test]
fn every_project_file_is_packed() {
    fn walk(folder: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, found),
                false => assert!(found.insert(path)),
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/connectors/salesforce/package/project");
    let mut found = BTreeSet::new();
    walk(&folder, &mut found);
    let packed: BTreeSet<PathBuf> = FILES.iter().map(|(path, _)| folder.join(path)).collect();
    assert_eq!(packed, found);
}

#[test]
fn placeholders_are_filled_and_files_end_with_a_newline() {
    for settings in [Settings::default(), awkward()] {
        for (path, content) in files(&settings, StatusFieldType::Picklist) {
            assert!(!content.replace(AWKWARD, "").replace("{{stages}}", "").contains("{{"), "{path}: {content}");
            assert!(content.ends_with('\n') && !content.contains('\r'), "{path}");
        }
    }
}

#[test]
fn xml_is_well_formed_and_contains_the_values() {
    let files = files(&awkward(), StatusFieldType::Picklist);
    for (path, content) in files.iter().filter(|(path, _)| path.ends_with(".xml")) {
        assert!(content.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<"), "{path}");
        assert!(texts(content, "no such element").is_empty(), "{path}");
    }
    assert_eq!(texts(ending(&files, "LexiContract_Stage.Stage_01.md-meta.xml"), "value"), ["true", AWKWARD]);
    assert_eq!(texts(ending(&files, "LexiContract_Stage.Stage_02.md-meta.xml"), "value"), ["true", "Needs Legal Review"]);
    let field = ending(&files, "objects/Opportunity/fields/Legal_State__c.field-meta.xml");
    assert_eq!(texts(field, "label")[1..], ["R&D \"<draft>\"", "In Review", "In Negotiation", "Approved", "Rejected"]);
    assert_eq!(texts(field, "fullName")[0], "Legal_State__c");
}

#[test]
fn named_credential_has_the_origin_and_class_has_the_path() {
    let files = files(&Settings::default(), StatusFieldType::Picklist);
    let credential = ending(&files, "LexiContract.namedCredential-meta.xml");
    assert_eq!(texts(credential, "parameterValue"), ["https://contracts.example"]);
    let class = ending(&files, "LexiContractWebhook.cls");
    for name in ["webhook", "deal-status"] {
        assert!(class.contains(&format!("'callout:LexiContract/api/v1/integrations/salesforce/{name}'")), "{class}");
    }
}

#[test]
fn custom_metadata_has_origin_field_and_signing() {
    for (rule, is_signed) in [(None, "false"), (Some("optional"), "true"), (Some("required"), "true")] {
        let changes = json!({"webhook_signature": rule, "status_field": "Legal_State__c"});
        let settings = Settings::default().merged(changes.as_object().unwrap()).unwrap();
        let files = files(&settings, StatusFieldType::Picklist);
        let record = ending(&files, "LexiContract_Setting.LexiContract.md-meta.xml");
        assert_eq!(
            texts(record, "value"),
            ["https://contracts.example", "true", is_signed, "true", "StageName", "Legal_State__c"]
        );
        assert_eq!(files["README.md"].contains("`SigningKey`"), is_signed == "true", "{}", files["README.md"]);
    }
}

#[test]
fn custom_metadata_has_the_trigger_rule() {
    let rule = json!({"record_types": ["Direct", "R&D"], "only_if_still_there": false, "field": "Legal_Stage__c"});
    let changes = json!({"trigger_stages": ["Legal", "Closing"], "trigger": rule});
    let settings = Settings::default().merged(changes.as_object().unwrap()).unwrap();
    let files = files(&settings, StatusFieldType::Picklist);
    for (record, stage) in [("Stage_01", "Legal"), ("Stage_02", "Closing")] {
        let record = ending(&files, &format!("LexiContract_Stage.{record}.md-meta.xml"));
        assert_eq!(texts(record, "value"), ["true", "Direct,R&D", stage]);
    }
    let setting = ending(&files, "LexiContract_Setting.LexiContract.md-meta.xml");
    assert_eq!(texts(setting, "value")[3..5], ["false", "Legal_Stage__c"]);
    let readme = &files["README.md"];
    for words in [
        "- `Legal`\n- `Closing`\n",
        "these record types count: `Direct`, `R&D`.",
        "of the field `Legal_Stage__c`",
        "even if it has left the stage again",
    ] {
        assert!(readme.contains(words), "{words}\n{readme}");
    }
}

#[test]
fn picklist_has_the_label_for_a_missing_file() {
    let changes = json!({"status_labels": {"needs_file": "File Missing"}});
    let settings = Settings::default().merged(changes.as_object().unwrap()).unwrap();
    let files = files(&settings, StatusFieldType::Picklist);
    let field = ending(&files, "objects/Opportunity/fields/LexiContract_Status__c.field-meta.xml");
    assert_eq!(texts(field, "label").last().unwrap(), "File Missing");
}

#[test]
fn webhook_secret_is_only_a_formula() {
    let files = files(&Settings::default(), StatusFieldType::Picklist);
    let credential = ending(&files, "LexiContract.externalCredential-meta.xml");
    assert_eq!(texts(credential, "parameterValue"), ["{!$Credential.LexiContract.Secret}"]);
    assert!(texts(credential, "parameterName").contains(&"X-Webhook-Secret".to_owned()));
}

#[test]
fn manifest_matches_files() {
    let files = files(&awkward(), StatusFieldType::Text);
    let members: BTreeSet<String> = texts(&files["manifest/package.xml"], "members").into_iter().collect();
    let fields = ["Opportunity.Legal_State__c", "Opportunity.LexiContract_Synced_At__c"];
    let mut expected = BTreeSet::from(fields.map(str::to_owned));
    for path in files.keys().filter_map(|path| path.strip_prefix("force-app/main/default/")) {
        let file = path.rsplit('/').next().unwrap().trim_end_matches("-meta.xml");
        let is_part = ["/fields/", "/listViews/", "/steps.js"].iter().any(|part| path.contains(part));
        if !is_part {
            expected.insert(file.rsplit_once('.').unwrap().0.to_owned());
        }
        if file.ends_with(".cls") || file.ends_with(".trigger") {
            assert!(
                files.contains_key(&format!("force-app/main/default/{}-meta.xml", path.trim_end_matches("-meta.xml"))),
                "{path}"
            );
        }
    }
    assert_eq!(members, expected);
}

#[test]
fn status_field_is_created_only_if_requested_and_creatable() {
    let field = |name: &str, kind| {
        let settings = Settings { status_field: Some(name.to_owned()), ..Settings::default() };
        let files = files(&settings, kind);
        let made = files.get(&format!("force-app/main/default/objects/Opportunity/fields/{name}.field-meta.xml")).cloned();
        let permission = ending(&files, "LexiContract_Integration.permissionset-meta.xml");
        (made, texts(permission, "field"), files["manifest/package.xml"].contains(name))
    };
    let (picklist, editable, is_listed) = field("LexiContract_Status__c", StatusFieldType::Picklist);
    let picklist = picklist.unwrap();
    assert_eq!(texts(&picklist, "type"), ["Picklist"]);
    assert_eq!(texts(&picklist, "label")[1..], *NegotiationStatus::ALL.iter().map(|status| status.label()).collect::<Vec<_>>());
    assert_eq!((editable, is_listed), (vec!["Opportunity.LexiContract_Status__c".to_owned()], true));
    let (text, ..) = field("Legal_State__c", StatusFieldType::Text);
    assert_eq!(texts(&text.unwrap(), "type"), ["Text"]);
    for (name, kind, is_custom) in [
        ("Legal_State__c", StatusFieldType::Existing, true),
        ("acme__Legal_State__c", StatusFieldType::Picklist, true),
        ("NextStep", StatusFieldType::Picklist, false),
    ] {
        let (made, editable, is_listed) = field(name, kind);
        assert_eq!((made, editable.len(), is_listed), (None, usize::from(is_custom), false), "{name}");
    }
}

#[test]
fn readme_contains_the_values_of_the_connection() {
    let files = files(&awkward(), StatusFieldType::Picklist);
    let readme = &files["README.md"];
    for words in [
        "**``Acme `Corp` (ada@acme.com)``** (Sandbox)",
        "    https://contracts.example/api/v1/integrations/salesforce/webhook\n",
        "--instance-url https://test.salesforce.com\n",
        "- `Needs Legal Review`\n",
        "| Restricted picklist on Opportunity | `Legal_State__c` |",
        "| Callback URL | `https://contracts.example/api/v1/integrations/salesforce/callback` |",
    ] {
        assert!(readme.contains(words), "{words}\n{readme}");
    }
    assert!(!readme.contains("cannot call this address"));
}
