//! User messages for errors from Salesforce. A message explains what happened, who can fix it, and where in Salesforce Setup.

pub(super) const NO_REST: &str = "Salesforce accepts the sign-in, but does not allow it to use the REST API. Your Salesforce \
     administrator must allow it: Setup → External Client App Manager → the app → Policies (scope “Manage user data via APIs”, \
     no High Assurance), and Setup → API Access Control.";
pub(super) const NO_AGENT: &str = "Salesforce restricts the app to agents. Your Salesforce administrator must attach it for API use in Setup → External \
     Client App Manager.";
pub(super) const HEADER: &str = "Salesforce rejected the `Authorization` header of the call. The operator of this server must \
     check whether a proxy or firewall changes requests to Salesforce.";
pub(super) const DAILY_LIMIT: &str = "The Salesforce org has used up its API calls of the last 24 hours. We resume automatically \
     when calls are allowed again. Your Salesforce administrator can see the usage in Setup → Company Information.";
pub(super) const BUSY: &str =
    "Your Salesforce org is busy: too many requests are running, or one took too long. We retry automatically.";
pub(super) const NO_API: &str = "The Salesforce edition or the user's profile has no API access. Your Salesforce administrator must enable it: Setup → \
     Profiles or Permission Sets → System Permissions → API Enabled.";
pub(super) const NO_ACCESS: &str = "The connected Salesforce user is not allowed to do this with the Opportunity. Your \
     Salesforce administrator must grant access: Setup → Permission Sets → Object Settings → Opportunities (Read and Edit), and \
     share the record with the user.";
pub(super) const NO_EDIT: &str = "The connected Salesforce user is not allowed to edit {field}. Your Salesforce administrator \
     must allow it: Setup → Object Manager → Opportunity → Fields & Relationships → {field} → Set Field-Level Security → \
     Visible, not Read-Only.";
pub(super) const NO_FIELD: &str = "Opportunity has no field {field}, or the connected Salesforce user does not have access to \
     it. Your Salesforce administrator must create it (Setup → Object Manager → Opportunity → Fields & Relationships → New; our \
     setup package does it) and make it visible (Set Field-Level Security), or an admin must choose another field in the \
     connection's settings.";
pub(super) const NO_VALUE: &str = "The picklist {field} has no value “{value}”. Your Salesforce administrator must add it: Setup → Object Manager → Opportunity → \
     Fields & Relationships → {field} → Values → New.";
pub(super) const TOO_LONG: &str = "“{value}” is too long for {field}. Your Salesforce administrator must lengthen the field: \
     Setup → Object Manager → Opportunity → Fields & Relationships → {field} → Edit.";
pub(super) const VALIDATION: &str = "A validation rule of your Salesforce org rejected the change: “{message}”. Your Salesforce administrator can change the rule: \
     Setup → Object Manager → Opportunity → Validation Rules.";
pub(super) const TRIGGER: &str = "Automation of your Salesforce org (an Apex trigger or a flow) rejected the change. Your Salesforce administrator must check it: \
     Setup → Apex Triggers, or Setup → Flows.";
pub(super) const REQUIRED: &str =
    "Your Salesforce org requires another field that is empty on this Opportunity. Someone must fill it in on the Opportunity.";
pub(super) const APPROVAL: &str = "The Opportunity is locked, usually by an approval. When it is unlocked in Salesforce, choose \
     Write again now on the contract's page.";
pub(super) const LOCKED: &str = "Someone else is changing the same Opportunity in Salesforce. We retry automatically.";
pub(super) const DELETED: &str =
    "The Opportunity was deleted in Salesforce. To continue, your Salesforce administrator must restore it from the Recycle Bin.";
pub(super) const DOWNLOAD: &str = "Your Salesforce org does not allow file downloads through the API. Your Salesforce \
     administrator must change the download policy: Setup → Content Deliveries and Public Links, or the app that customizes \
     downloads.";
pub(super) const NO_FILING: &str = "The connected Salesforce user is not allowed to add this file. Your Salesforce \
     administrator must give the user edit access to the Opportunity (Setup → Permission Sets → Object Settings → Opportunities → \
     Edit), and the owner of the file must share it with the user as Collaborator. Then choose Try again on the contract's page.";
pub(super) const TOO_LARGE: &str = "Salesforce does not accept a file of this size. Upload a smaller file as the next version, or \
     add the file to the Opportunity in Salesforce.";
pub(super) const VERSION: &str =
    "Salesforce no longer supports this version of its API. The operator of this server must set a newer SALESFORCE_API_VERSION.";
pub(super) const NEWER_VERSION: &str = "This Salesforce org does not have this version of the API yet. The operator of this server must set an older \
     SALESFORCE_API_VERSION. We retry automatically.";
pub(super) const NO_RELATED: &str = "The connected Salesforce user is not allowed to read {field} of Opportunities. Your \
     Salesforce administrator must allow it: Setup → Permission Sets → Object Settings → {field} → Read.";
pub(super) const NO_RECORD_TYPE: &str = "The rule of this connection names record types, but the connected Salesforce user cannot see \
     the record types of Opportunities. Your Salesforce administrator must check them (Setup → Object Manager → Opportunity → \
     Record Types), or an admin must remove them from the rule in the connection's settings.";
pub(super) const READ_ONLY: &str = "Salesforce is read-only during maintenance. We retry automatically.";
pub(super) const STORAGE: &str =
    "The Salesforce org is out of storage. Your Salesforce administrator must free up space: Setup → Storage Usage.";

pub(super) const USER_OFF: &str = "The Salesforce user who connected is deactivated or frozen. Your Salesforce administrator \
     must activate the user (Setup → Users). Then an admin must reconnect, as this user or another one.";
pub(super) const ORG_OFF: &str = "The Salesforce org is not active: a trial ended, the org is locked, or the sandbox was \
     deleted. Your Salesforce administrator must reactivate it. Then an admin must reconnect.";
pub(super) const ADDRESS: &str = "Salesforce does not allow sign-ins from this server's IP address. Your Salesforce \
     administrator must allow the address (Setup → Profiles → Login IP Ranges, or the app's IP policy). Then an admin must \
     reconnect.";
pub(super) const LOGIN_HOURS: &str = "Salesforce does not allow the connected user to sign in at this time of day. Your \
     Salesforce administrator must extend the hours (Setup → Profiles → Login Hours). Then an admin must reconnect.";
pub(super) const EXPIRED: &str = "Salesforce ended this connection: it was revoked, expired, or replaced by newer approvals of the same user. \
     An admin must reconnect it.";
pub(super) const CREDENTIALS: &str = "Salesforce rejects this server's client id or secret. The operator of this server must \
     check SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET; a new app takes up to ten minutes to become active. We retry \
     automatically.";
pub(super) const CALLBACK: &str = "The callback URL differs from the one in the External Client App. The operator of this server \
     must register PUBLIC_URL followed by /api/v1/integrations/salesforce/callback there.";
pub(super) const TOKEN_REQUEST: &str = "Salesforce rejected the token request as invalid. The operator of this server must check \
     SALESFORCE_LOGIN_URL and SALESFORCE_SANDBOX_LOGIN_URL, and whether a proxy or firewall changes requests to Salesforce.";
pub(super) const APPROVE_AGAIN: &str = "Salesforce no longer has the connected user's approval for the app. An admin must \
     reconnect, sign in to Salesforce and choose Allow.";
pub(super) const LOGINS: &str =
    "The connected user has signed in to Salesforce too often. We resume automatically within an hour.";
pub(super) const RENEWING: &str = "Salesforce is already renewing this session. We retry automatically.";

pub(super) const FOREIGN_HOST: &str = "Salesforce redirected us to an address that does not belong to Salesforce, so nothing was \
     sent there. Your Salesforce administrator should check My Domain in Setup. Then an admin must reconnect.";
pub(super) const MOVED: &str = "Salesforce redirected us to another address, as it does while an org is moved or renamed. We retry \
     automatically. If it keeps happening, an admin must reconnect.";
pub(super) const WAIT: &str = "Salesforce asks us to wait. We resume automatically after the delay.";
pub(super) const DOWN: &str = "Salesforce isn't responding, for example because of maintenance. We retry automatically.";
