//! The one table of what Salesforce's REST API refuses, what it means, and who can change it.

use crate::connectors::Kind::{self, Forbidden, NotFound, RateLimited, Refused, SessionExpired, Unavailable};
use std::time::Duration;

/// One kind of refusal: the first that fits counts.
pub(super) struct Rule {
    /// The status; 0 fits all.
    status: u16,
    /// The `errorCode`; empty fits all.
    code: &'static str,
    /// A part of the message, in lower case; empty fits all.
    text: &'static str,
    /// What it means.
    pub(super) kind: Kind,
    /// Who can do what, with `{field}`, `{value}` and `{message}`; empty: the sentence of the kind.
    pub(super) advice: &'static str,
}

const fn rule(status: u16, code: &'static str, text: &'static str, kind: Kind, advice: &'static str) -> Rule {
    Rule { status, code, text, kind, advice }
}

/// The daily allowance frees itself over the day, so looking every hour is soon enough.
const DAILY: Kind = RateLimited { retry_after: Duration::from_secs(3_600) };
/// Too many long calls at once: they end within seconds.
const CONCURRENT: Kind = RateLimited { retry_after: Duration::from_secs(20) };

const NO_REST: &str = "Salesforce accepts the sign-in but not for its REST API. Your Salesforce administrator must allow it: Setup → External \
     Client App Manager → the app → Policies (scope “Manage user data via APIs”, no High Assurance), and Setup → API Access Control.";
const NO_AGENT: &str = "Salesforce restricts the app to agents. Your Salesforce administrator must attach it for API use in Setup → External \
     Client App Manager.";
const DAILY_LIMIT: &str = "The Salesforce org has used up its API calls of the last 24 hours. We go on by ourselves when it may call again; your \
     Salesforce administrator sees the use in Setup → Company Information.";
const BUSY: &str = "Salesforce runs too many long calls of this org at once. We try again by ourselves.";
const NO_API: &str = "The Salesforce edition or the user's profile has no API access. Your Salesforce administrator must enable it: Setup → \
     Profiles or Permission Sets → System Permissions → API Enabled.";
const NO_ACCESS: &str = "The connected Salesforce user may not do this with the Opportunity. Your Salesforce administrator must give access: Setup \
     → Permission Sets → Object Settings → Opportunities (Read and Edit), and share the record with the user.";
const NO_EDIT: &str = "The connected Salesforce user may not edit {field}. Your Salesforce administrator must allow it: Setup → Object Manager → \
     Opportunity → Fields & Relationships → {field} → Set Field-Level Security → Visible, not Read-Only.";
const NO_FIELD: &str = "Opportunity has no field {field}, or the connected Salesforce user may not see it. Your Salesforce administrator must create \
     it (Setup → Object Manager → Opportunity → Fields & Relationships → New; our set-up package does it) and make it visible \
     (Set Field-Level Security), or an admin names another field in the connection's settings.";
const NO_VALUE: &str = "The picklist {field} has no value “{value}”. Your Salesforce administrator must add it: Setup → Object Manager → Opportunity → \
     Fields & Relationships → {field} → Values → New.";
const TOO_LONG: &str = "“{value}” is longer than {field} holds. Your Salesforce administrator must lengthen the field: Setup → Object Manager → \
     Opportunity → Fields & Relationships → {field} → Edit.";
const VALIDATION: &str = "A validation rule of your Salesforce org refused the change: “{message}”. Your Salesforce administrator can change the rule: \
     Setup → Object Manager → Opportunity → Validation Rules.";
const TRIGGER: &str = "Automation of your Salesforce org (an Apex trigger or a flow) refused the change. Your Salesforce administrator must look at it: \
     Setup → Apex Triggers, or Setup → Flows.";
const REQUIRED: &str =
    "Your Salesforce org requires another field of the Opportunity that is empty. Someone must fill it in on the Opportunity.";
const APPROVAL: &str =
    "The Opportunity is locked, usually by an approval. When it is unlocked in Salesforce, try again from the contract.";
const LOCKED: &str = "Someone else is changing the same Opportunity in Salesforce. We try again by ourselves.";
const DELETED: &str = "The Opportunity was deleted in Salesforce. Restore it from the Recycle Bin to go on.";
const DOWNLOAD: &str = "Your Salesforce org does not let files be downloaded by the API. Your Salesforce administrator must change the download \
     policy: Setup → Content Deliveries and Public Links, or the app that customizes downloads.";
const VERSION: &str =
    "Salesforce no longer speaks this version of its API. The operator of this server must set a newer SALESFORCE_API_VERSION.";
const READ_ONLY: &str = "Salesforce is read-only during maintenance. We try again by ourselves.";
const STORAGE: &str =
    "The Salesforce org is out of storage. Your Salesforce administrator must free some: Setup → Storage Usage.";

static RULES: &[Rule] = &[
    rule(401, "INVALID_SESSION_ID", "not valid for use with the rest api", Forbidden, NO_REST),
    rule(401, "INVALID_SESSION_ID", "not attached to agent", Forbidden, NO_AGENT),
    rule(401, "INVALID_AUTH_HEADER", "", Refused, ""),
    rule(0, "INVALID_SESSION_ID", "", SessionExpired, ""),
    rule(403, "", "bad_oauth_token", SessionExpired, ""),
    rule(403, "", "missing_oauth_token", SessionExpired, ""),
    rule(0, "REQUEST_LIMIT_EXCEEDED", "concurrent", CONCURRENT, BUSY),
    rule(0, "REQUEST_LIMIT_EXCEEDED", "", DAILY, DAILY_LIMIT),
    rule(0, "API_DISABLED_FOR_ORG", "", Forbidden, NO_API),
    rule(0, "API_CURRENTLY_DISABLED", "", Unavailable, ""),
    rule(0, "FUNCTIONALITY_NOT_ENABLED", "", Forbidden, NO_API),
    rule(0, "INSUFFICIENT_ACCESS", "", Forbidden, NO_ACCESS),
    rule(0, "INSUFFICIENT_ACCESS_OR_READONLY", "", Forbidden, NO_ACCESS),
    rule(0, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "", Forbidden, NO_ACCESS),
    rule(0, "CANNOT_EXECUTE_FLOW_TRIGGER", "", Refused, TRIGGER),
    rule(0, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "", Refused, TRIGGER),
    rule(0, "APEX_ERROR", "", Refused, TRIGGER),
    rule(0, "INVALID_FIELD_FOR_INSERT_UPDATE", "", Forbidden, NO_EDIT),
    rule(0, "INVALID_FIELD", "", Refused, NO_FIELD),
    rule(0, "INVALID_TYPE", "", Forbidden, NO_ACCESS),
    rule(0, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "", Refused, NO_VALUE),
    rule(0, "STRING_TOO_LONG", "", Refused, TOO_LONG),
    rule(0, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "", Refused, VALIDATION),
    rule(0, "FIELD_INTEGRITY_EXCEPTION", "", Refused, VALIDATION),
    rule(0, "REQUIRED_FIELD_MISSING", "", Refused, REQUIRED),
    rule(0, "STORAGE_LIMIT_EXCEEDED", "", Refused, STORAGE),
    rule(0, "CONTENT_CUSTOMIZED_DOWNLOAD_EXCEPTION", "", Forbidden, DOWNLOAD),
    rule(0, "UNABLE_TO_LOCK_ROW", "", Unavailable, LOCKED),
    rule(0, "ENTITY_IS_LOCKED", "", Refused, APPROVAL),
    rule(0, "RECORD_IN_USE_BY_WORKFLOW", "", Unavailable, LOCKED),
    rule(0, "ENTITY_IS_DELETED", "", NotFound, DELETED),
    rule(0, "INVALID_CROSS_REFERENCE_KEY", "", NotFound, ""),
    rule(0, "NOT_FOUND", "", NotFound, ""),
    rule(0, "TOO_MANY_APEX_REQUESTS", "", Unavailable, BUSY),
    rule(0, "REQUEST_RUNNING_TOO_LONG", "", Unavailable, BUSY),
    rule(0, "QUERY_TIMEOUT", "", Unavailable, BUSY),
    rule(0, "INVALID_QUERY_LOCATOR", "", Unavailable, ""),
    rule(0, "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "", Unavailable, READ_ONLY),
    rule(0, "INVALID_READ_ONLY_USER_DML", "", Unavailable, READ_ONLY),
    rule(0, "SERVER_UNAVAILABLE", "", Unavailable, ""),
    rule(0, "UNKNOWN_EXCEPTION", "", Unavailable, ""),
    rule(410, "", "", Refused, VERSION),
];

/// The rule for a refusal.
pub(super) fn find(status: u16, code: &str, message: &str) -> Option<&'static Rule> {
    let message = message.to_ascii_lowercase();
    RULES.iter().find(|rule| {
        matches!(rule.status, 0) | (rule.status == status)
            && (rule.code.is_empty() || rule.code == code)
            && message.contains(rule.text)
    })
}
