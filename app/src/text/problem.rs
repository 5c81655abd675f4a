//! Problems in an address: a code there, our own sentence here. Whoever forges an address can only make us say what we say anyway.

use lexicontract::domain::{
    account::quota::Quota,
    contract::ScanStatus,
    file::file_type::FileRejection,
    problem::{Invalid, Problem},
};
use serde_json::Value;

/// Begins the code of an exceeded quota; the name of the quota follows.
const QUOTA: &str = "quota_";
/// The same for a rejected file and its reason.
const FILE: &str = "unsupported_file_";
/// The same for a withheld file and the status of its scan.
const WITHHELD: &str = "withheld_";

/// The word that stands for a problem in an address.
pub fn code(problem: &Problem) -> String {
    match problem {
        Problem::QuotaExceeded(quota) => format!("{QUOTA}{}", quota.as_str()),
        Problem::UnsupportedFile(rejection) => format!("{FILE}{}", rejection.as_str()),
        Problem::FileWithheld(status) => format!("{WITHHELD}{}", status.as_str()),
        Problem::Invalid(Invalid::Metadata(_)) => "metadata".to_owned(),
        Problem::Invalid(invalid) => match serde_json::to_value(invalid) {
            Ok(Value::String(name)) => name,
            _ => problem.code().to_owned(),
        },
        _ => problem.code().to_owned(),
    }
}

/// The problem of that word; unknown words are nobody's.
pub fn parse(code: &str) -> Option<Problem> {
    if code == "metadata" {
        return Some(Problem::Invalid(Invalid::Metadata(String::new())));
    }
    if let Some(quota) = code.strip_prefix(QUOTA).and_then(Quota::parse) {
        return Some(Problem::QuotaExceeded(quota));
    }
    if let Some(rejection) = code.strip_prefix(FILE).and_then(FileRejection::parse) {
        return Some(Problem::UnsupportedFile(rejection));
    }
    if let Some(status) = code.strip_prefix(WITHHELD).and_then(ScanStatus::parse) {
        return Some(Problem::FileWithheld(status));
    }
    let word = Value::String(code.to_owned());
    let invalid = serde_json::from_value::<Invalid>(word.clone()).ok().map(Problem::Invalid);
    invalid.or_else(|| serde_json::from_value(word).ok())
}

/// What to tell a person about a problem: in the words of the form, where the API speaks of field names.
pub fn sentence(problem: &Problem) -> String {
    if *problem == Problem::NotSignedIn {
        return "Your session had ended before this was done. Sign in and do it again. What is secret, and files, have to be entered \
                again."
            .to_owned();
    }
    let Problem::Invalid(invalid) = problem else { return problem.detail() };
    let words = match invalid {
        Invalid::Email => "The e-mail address must look like ada@example.com.",
        Invalid::PasswordTooShort => "The password must have at least 12 characters.",
        Invalid::PasswordRepeated => "The new password and its repetition are not the same. Type both again.",
        Invalid::PasswordTooLong => "The password may have at most 1,024 bytes.",
        Invalid::PasswordTooCommon => {
            "The password is too easy to guess: it is a common one or a pattern, or it is made from the name of the product, the \
             organization or the person, or from the e-mail address. Use several unrelated words."
        }
        Invalid::OrganizationName => "The organization’s name must have 1 to 100 characters.",
        Invalid::PersonName => "The name must have 1 to 100 characters.",
        Invalid::TokenName => "The token’s name must have 1 to 100 characters. It tells you later what the token is for.",
        Invalid::TokenLifetime => "Choose how long the token works: 1 to 365 days.",
        Invalid::Role => "Choose one of the roles Viewer, Member and Admin.",
        Invalid::Status => "Choose one of the statuses in the list.",
        Invalid::Title => "The title must have 1 to 255 characters.",
        Invalid::FileMissing => "Choose a file.",
        Invalid::Environment => "Choose Production, Sandbox or My Domain.",
        Invalid::ApiKey => "Paste the key without spaces or line breaks.",
        Invalid::RecordId => "There is no id in it. Copy the address of the page that shows the deal at the provider.",
        Invalid::Metadata(sentence) if sentence.is_empty() => {
            "One of the settings cannot be used. The field must be an API name such as LexiContract_Status__c; labels, stages and \
             the file’s name have 1 to 255 characters; types are endings such as pdf."
        }
        Invalid::Body => "A field of the form is missing or unknown. Open the page again and retry.",
        _ => return problem.detail(),
    };
    words.to_owned()
}

/// The field of a form that a problem is about; `None` when it is about all of it, or about none.
pub fn field(problem: &Problem) -> Option<&'static str> {
    Some(match problem {
        Problem::EmailTaken | Problem::Invalid(Invalid::Email) => "email",
        Problem::Invalid(Invalid::PasswordTooShort | Invalid::PasswordTooLong | Invalid::PasswordTooCommon) => "password",
        Problem::Invalid(Invalid::PasswordRepeated) => "repeated_password",
        Problem::WrongPassword => "current_password",
        Problem::Invalid(Invalid::OrganizationName) => "organization",
        Problem::Invalid(Invalid::PersonName | Invalid::TokenName) => "name",
        Problem::Invalid(Invalid::Title) => "title",
        Problem::PayloadTooLarge
        | Problem::UnsupportedFile(_)
        | Problem::Invalid(Invalid::FileMissing | Invalid::FileEmpty | Invalid::FileTooLarge) => "file",
        Problem::Invalid(Invalid::Domain(_)) => "domain",
        Problem::CredentialRejected | Problem::Invalid(Invalid::ApiKey) => "fields[api_key]",
        Problem::RecordNotFound(_) | Problem::Invalid(Invalid::RecordId) => "record",
        _ => return None,
    })
}

/// What a setting may be, in the words of the form; `rule` is the kind of the file rule that was chosen.
pub fn setting(name: &str, rule: &str) -> &'static str {
    match (name, rule) {
        ("status_field", _) => "The field must be an API name such as LexiContract_Status__c.",
        ("status_labels", _) => "What is written for a status may have at most 255 characters.",
        ("trigger_stages", _) => "There may be at most 50 stages, each with at most 255 characters.",
        ("file_rule", "type") => "Name at least one type, such as pdf: an ending of letters and digits.",
        ("file_rule", _) => "Type a part of the file’s name, or a pattern such as *contract*.pdf, with at most 255 characters.",
        _ => "Calls can be asked for a signature once there is a signing key. Make a new webhook secret; a key comes with it.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_survives_the_way_through_an_address() {
        for problem in [
            Problem::NotSignedIn,
            Problem::WrongCredentials,
            Problem::AlreadyConnected,
            Problem::CredentialRejected,
            Problem::TooManyRequests,
            Problem::QuotaExceeded(Quota::StorageBytes),
            Problem::QuotaExceeded(Quota::Users),
            Problem::StorageFull,
            Problem::TooManyTokens,
            Problem::UnsupportedFile(FileRejection::OtherContent),
            Problem::UnsupportedFile(FileRejection::PasswordProtected),
            Problem::FileWithheld(ScanStatus::Pending),
            Problem::Invalid(Invalid::PasswordTooShort),
            Problem::Invalid(Invalid::Domain("")),
            Problem::Invalid(Invalid::Metadata(String::new())),
        ] {
            assert_eq!(parse(&code(&problem)), Some(problem));
        }
    }

    #[test]
    fn nothing_of_a_forged_address_is_repeated() {
        for code in [
            "",
            "<script>",
            "Your account was hacked",
            "invalid",
            "quota_exceeded",
            "quota_",
            "quota_none",
            "unsupported_file",
            "unsupported_file_",
            "withheld_",
        ] {
            assert_eq!(parse(code), None, "{code}");
        }
    }
}
