//! User messages for errors from Salesforce. A message explains what happened, who can fix it, and where in Salesforce Setup.

pub(super) const NO_REST: &str = "Salesforce accepts the sign-in but not for its REST API. Your Salesforce administrator must allow it: Setup → External \
     Client App Manager → the app → Policies (scope “Manage user data via APIs”, no High Assurance), and Setup → API Access Control.";
pub(super) const NO_AGENT: &str = "Salesforce restricts the app to agents. Your Salesforce administrator must attach it for API use in Setup → External \
     Client App Manager.";
pub(super) const DAILY_LIMIT: &str = "The Salesforce org has used up its API calls of the last 24 hours. We resume automatically when it may call again; your \
     Salesforce administrator sees the use in Setup → Company Information.";
pub(super) const BUSY: &str = "Salesforce runs too many long calls of this org at once. We retry automatically.";
pub(super) const NO_API: &str = "The Salesforce edition or the user's profile has no API access. Your Salesforce administrator must enable it: Setup → \
     Profiles or Permission Sets → System Permissions → API Enabled.";
pub(super) const NO_ACCESS: &str = "The connected Salesforce user may not do this with the Opportunity. Your Salesforce administrator must give access: Setup \
     → Permission Sets → Object Settings → Opportunities (Read and Edit), and share the record with the user.";
pub(super) const NO_EDIT: &str = "The connected Salesforce user may not edit {field}. Your Salesforce administrator must allow it: Setup → Object Manager → \
     Opportunity → Fields & Relationships → {field} → Set Field-Level Security → Visible, not Read-Only.";
pub(super) const NO_FIELD: &str = "Opportunity has no field {field}, or the connected Salesforce user does not have access to it. Your Salesforce administrator must create \
     it (Setup → Object Manager → Opportunity → Fields & Relationships → New; our setup package does it) and make it visible \
     (Set Field-Level Security), or an admin names another field in the connection's settings.";
pub(super) const NO_VALUE: &str = "The picklist {field} has no value “{value}”. Your Salesforce administrator must add it: Setup → Object Manager → Opportunity → \
     Fields & Relationships → {field} → Values → New.";
pub(super) const TOO_LONG: &str = "“{value}” is longer than {field} holds. Your Salesforce administrator must lengthen the field: Setup → Object Manager → \
     Opportunity → Fields & Relationships → {field} → Edit.";
pub(super) const VALIDATION: &str = "A validation rule of your Salesforce org rejected the change: “{message}”. Your Salesforce administrator can change the rule: \
     Setup → Object Manager → Opportunity → Validation Rules.";
pub(super) const TRIGGER: &str = "Automation of your Salesforce org (an Apex trigger or a flow) rejected the change. Your Salesforce administrator must check it: \
     Setup → Apex Triggers, or Setup → Flows.";
pub(super) const REQUIRED: &str =
    "Your Salesforce org requires another field of the Opportunity that is empty. Someone must fill it in on the Opportunity.";
pub(super) const APPROVAL: &str =
    "The Opportunity is locked, usually by an approval. When it is unlocked in Salesforce, try again from the contract.";
pub(super) const LOCKED: &str = "Someone else is changing the same Opportunity in Salesforce. We retry automatically.";
pub(super) const DELETED: &str = "The Opportunity was deleted in Salesforce. Restore it from the Recycle Bin to continue.";
pub(super) const DOWNLOAD: &str = "Your Salesforce org does not allow downloads of files by the API. Your Salesforce administrator must change the download \
     policy: Setup → Content Deliveries and Public Links, or the app that customizes downloads.";
pub(super) const VERSION: &str =
    "Salesforce no longer supports this version of its API. The operator of this server must set a newer SALESFORCE_API_VERSION.";
pub(super) const NEWER_VERSION: &str = "This Salesforce org does not have this version of the API yet. The operator of this server must set an older \
     SALESFORCE_API_VERSION. We retry automatically.";
pub(super) const NO_RELATED: &str = "The connected Salesforce user may not read {field} of Opportunities. Your Salesforce administrator must allow it: Setup → \
     Permission Sets → Object Settings → {field} → Read.";
pub(super) const READ_ONLY: &str = "Salesforce is read-only during maintenance. We retry automatically.";
pub(super) const STORAGE: &str =
    "The Salesforce org is out of storage. Your Salesforce administrator must free some: Setup → Storage Usage.";

pub(super) const USER_OFF: &str = "The Salesforce user who connected is deactivated or frozen. A Salesforce administrator must activate the user \
     (Setup → Users), or another user connects; then reconnect.";
pub(super) const ORG_OFF: &str = "The Salesforce org is not active: a trial ended, the org is locked, or the sandbox was deleted. Your Salesforce \
     administrator must reactivate it; then reconnect.";
pub(super) const ADDRESS: &str = "Salesforce rejects sign-ins from this server's address or at this hour. Your Salesforce administrator must allow it \
     (Setup → Profiles → Login IP Ranges and Login Hours, or the app's IP policy); then reconnect.";
pub(super) const EXPIRED: &str = "Salesforce ended this connection: it was revoked, expired, or replaced by newer approvals of the same user. \
     An admin must reconnect it.";
pub(super) const CREDENTIALS: &str = "Salesforce rejects this server's client id or secret. The operator of this server must check SALESFORCE_CLIENT_ID \
     and SALESFORCE_CLIENT_SECRET; a new app needs up to ten minutes. We retry automatically.";
pub(super) const CALLBACK: &str = "The callback URL differs from the one in the External Client App. The operator of this server must register \
     PUBLIC_URL followed by /api/v1/integrations/salesforce/callback.";
pub(super) const APPROVE_AGAIN: &str = "The connected user must approve the app again. An admin must reconnect.";
pub(super) const LOGINS: &str = "Salesforce counts too many sign-ins of this user. We resume automatically within an hour.";
pub(super) const RENEWING: &str = "Salesforce is already renewing this session. We retry automatically.";

pub(super) const FOREIGN_HOST: &str = "Salesforce redirected us to an address that does not belong to Salesforce, so nothing was sent there. Your Salesforce \
     administrator should check My Domain in Setup; then reconnect.";
pub(super) const MOVED: &str = "Salesforce redirected us to another address, as it does while an org is moved or renamed. We retry \
     automatically; if it keeps happening, an admin must reconnect.";
pub(super) const WAIT: &str = "Salesforce asks us to wait. We resume automatically after the delay.";
pub(super) const DOWN: &str = "Salesforce isn't responding, as during maintenance. We retry automatically.";
