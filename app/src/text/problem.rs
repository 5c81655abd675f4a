//! Codes of problems for addresses, and messages of problems for pages. Addresses contain only codes, so a manipulated address
//! can select one of these messages but cannot inject text.

use lexicontract::domain::problem::{Invalid, Problem};
use serde_json::Value;

/// Prefix of the code of an exceeded quota, before the name of the quota.
const QUOTA: &str = "quota_";
/// Prefix of the code of a rejected file, before the reason of the rejection.
const FILE: &str = "unsupported_file_";
/// Prefix of the code of a withheld file, before the status of its scan.
const WITHHELD: &str = "withheld_";
/// Prefix of the code of a version that is not filed, before the obstacle.
const CANNOT_FILE: &str = "cannot_file_";
const PROVIDER_UNAVAILABLE: &str = "provider_unavailable";

pub fn code(problem: &Problem) -> String {
    match problem {
        Problem::QuotaExceeded(quota) => format!("{QUOTA}{}", quota.into_str()),
        Problem::UnsupportedFile(rejection) => format!("{FILE}{}", rejection.into_str()),
        Problem::FileWithheld(status) => format!("{WITHHELD}{}", status.into_str()),
        Problem::CannotFile(obstacle) => format!("{CANNOT_FILE}{}", obstacle.into_str()),
        Problem::Invalid(Invalid::Metadata(_)) => "metadata".to_owned(),
        Problem::Invalid(invalid) => match serde_json::to_value(invalid) {
            Ok(Value::String(name)) => name,
            _ => problem.code().to_owned(),
        },
        // The code in the API depends on the provider.
        Problem::RecordNotFound(_) => "record_not_found".to_owned(),
        Problem::ProviderUnavailable(..) => PROVIDER_UNAVAILABLE.to_owned(),
        _ => problem.code().to_owned(),
    }
}

pub fn parse(code: &str) -> Option<Problem> {
    match code {
        "metadata" => return Some(Problem::Invalid(Invalid::Metadata(String::new()))),
        PROVIDER_UNAVAILABLE => return Some(Problem::ProviderUnavailable(Default::default(), String::new())),
        _ => {}
    }
    let quota = code.strip_prefix(QUOTA).and_then(|name| name.parse().ok()).map(Problem::QuotaExceeded);
    let file = code.strip_prefix(FILE).and_then(|name| name.parse().ok()).map(Problem::UnsupportedFile);
    let withheld = code.strip_prefix(WITHHELD).and_then(|name| name.parse().ok()).map(Problem::FileWithheld);
    let cannot_file = code.strip_prefix(CANNOT_FILE).and_then(|name| name.parse().ok()).map(Problem::CannotFile);
    let value = Value::String(code.to_owned());
    let invalid = serde_json::from_value(value.clone()).ok().map(Problem::Invalid);
    quota.or(file).or(withheld).or(cannot_file).or(invalid).or_else(|| serde_json::from_value(value).ok())
}

/// The message for users. Messages of pages contain the labels of form fields; messages of the API contain field names.
pub fn message(problem: &Problem) -> String {
    if *problem == Problem::NotSignedIn {
        return "Your session ended before this was done. Sign in and try again; you’ll need to enter secrets and choose files \
             again."
            .to_owned();
    }
    let Problem::Invalid(invalid) = problem else { return problem.detail() };
    let text = match invalid {
        Invalid::Email => "The e-mail address must look like ada@example.com.",
        Invalid::PasswordTooShort => "The password must have at least 12 characters.",
        Invalid::PasswordRepeated => "The new passwords do not match. Enter both again.",
        Invalid::PasswordTooLong => "The password is too long. It can have at most 1,024 bytes.",
        Invalid::PasswordTooCommon => {
            "The password is too easy to guess: it is common, follows a pattern, or contains your name, your e-mail address, or the name \
             of the organization or the product. Use several unrelated words."
        }
        Invalid::OrganizationName => "The organization’s name must have 1 to 100 characters.",
        Invalid::TypedOrganizationName => {
            "This is not the name of the organization, so nothing was deleted. Type it exactly as shown."
        }
        Invalid::PersonName => "The name must have 1 to 100 characters.",
        Invalid::TokenName => "The token’s name must have 1 to 100 characters, and should say what the token is for.",
        Invalid::TokenLifetime => "Choose when the token expires: after 1 to 365 days.",
        Invalid::Role => "Choose the role Viewer, Member or Admin.",
        Invalid::Status => "Choose one of the statuses in the list.",
        Invalid::Title => "The title must have 1 to 255 characters.",
        Invalid::FileMissing => "Choose a file.",
        Invalid::FileId => "Choose one of the files in the list.",
        Invalid::Environment => "Choose Production, Sandbox or My Domain.",
        Invalid::ApiKey => "Paste the key without spaces or line breaks.",
        Invalid::RecordId => "There is no ID in this text. Copy the address of the deal’s page at the provider.",
        Invalid::Metadata(detail) if detail.is_empty() => {
            "One of the settings is invalid. The field must be an API name such as LexiContract_Status__c; labels, stages and \
             the file name pattern have 1 to 255 characters; types are file extensions such as pdf; the share of the API calls is \
             1 to 50 percent."
        }
        Invalid::Body => "A field of the form is missing or unknown. Reload the page and try again.",
        _ => return problem.detail(),
    };
    text.to_owned()
}

/// The name of the form field that caused the problem.
pub fn field(problem: &Problem) -> Option<&'static str> {
    Some(match problem {
        Problem::EmailTaken | Problem::Invalid(Invalid::Email) => "email",
        Problem::Invalid(Invalid::PasswordTooShort | Invalid::PasswordTooLong | Invalid::PasswordTooCommon) => "password",
        Problem::Invalid(Invalid::PasswordRepeated) => "repeated_password",
        Problem::WrongPassword => "current_password",
        Problem::Invalid(Invalid::OrganizationName) => "organization",
        Problem::Invalid(Invalid::TypedOrganizationName) => "typed_name",
        Problem::Invalid(Invalid::PersonName | Invalid::TokenName) => "name",
        Problem::Invalid(Invalid::Title) => "title",
        Problem::PayloadTooLarge
        | Problem::UnsupportedFile(_)
        | Problem::Invalid(Invalid::FileMissing | Invalid::FileEmpty | Invalid::FileTooLarge) => "file",
        Problem::Invalid(Invalid::Domain(_)) => "domain",
        Problem::CredentialRejected | Problem::Invalid(Invalid::ApiKey) => "fields[api_key]",
        Problem::RecordNotFound(_) | Problem::RecordLinked | Problem::Invalid(Invalid::RecordId) => "record",
        _ => return None,
    })
}

/// A description of the valid values of a setting, for users. `rule` is the kind of the selected file rule.
pub fn setting(name: &str, rule: &str) -> &'static str {
    match (name, rule) {
        ("status_field", _) => "The field must be an API name such as LexiContract_Status__c.",
        ("status_labels", _) => "Each value must have at most 255 characters.",
        ("trigger_stages", _) => "Enter at most 50 stages with at most 255 characters each.",
        ("trigger", _) => "Choose at most 50 record types.",
        ("poll_seconds", _) => "Choose a polling interval from the list: 30 seconds to 60 minutes, or Off.",
        ("poll_api_share", _) => "Enter a whole number from 1 to 50 as the share of the API calls.",
        ("file_back", _) => "Choose when versions are filed in the deal: when the contract is approved, signed, or both.",
        ("file_rule", "type") => "Enter at least one type, such as pdf: a file extension of letters and digits.",
        ("file_rule", _) => "Enter a part of the file name, or a pattern such as *contract*.pdf, with at most 255 characters.",
        ("webhook_signature", _) => "Signatures need a signing key. Create a new webhook secret, which comes with a key.",
        _ => "Reload the page and try again.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::account::quota::Quota;
    use lexicontract::domain::contract::ScanStatus;
    use lexicontract::domain::contract::filing::FilingObstacle;
    use lexicontract::domain::file::file_type::FileRejection;
    use std::collections::HashSet;

    #[test]
    fn codes_of_problems_can_be_parsed() {
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
            Problem::RecordLinked,
            Problem::RecordNotFound(Default::default()),
            Problem::ProviderUnavailable(Default::default(), String::new()),
            Problem::CannotFile(FilingObstacle::NotLatest),
            Problem::Invalid(Invalid::PasswordTooShort),
            Problem::Invalid(Invalid::Domain("")),
            Problem::Invalid(Invalid::Metadata(String::new())),
        ] {
            assert_eq!(parse(&code(&problem)), Some(problem));
        }
    }

    #[test]
    fn every_setting_of_the_form_has_its_own_message() {
        let names = [
            "status_field",
            "status_labels",
            "trigger_stages",
            "trigger",
            "poll_seconds",
            "poll_api_share",
            "file_rule",
            "file_back",
            "webhook_signature",
        ];
        let messages: HashSet<&str> = names.iter().map(|name| setting(name, "type")).collect();
        assert_eq!(messages.len(), names.len());
        assert!(!messages.contains(setting("write_on_create", "")), "{messages:?}");
    }

    #[test]
    fn unknown_codes_are_ignored() {
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
            "cannot_file",
            "cannot_file_",
        ] {
            assert_eq!(parse(code), None, "{code}");
        }
    }
}
