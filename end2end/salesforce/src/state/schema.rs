//! Record types, and the fields of each type.

use serde::{Deserialize, Serialize};

/// The Opportunity field to which LexiContract AI writes the status.
pub const STATUS_FIELD: &str = "LexiContract_Status__c";

/// Values of a restricted status field.
pub const STATUS_LABELS: &[&str] = &["Draft", "In Review", "In Negotiation", "Approved", "Signed", "Rejected"];

pub const STAGES: &[&str] = &[
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Needs Legal Review",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusField {
    /// A text field of 255 characters that the connected user is allowed to edit.
    #[default]
    Present,
    /// The field does not exist, or the connected user cannot see it.
    Missing,
    ReadOnly,
    /// A restricted picklist of [`STATUS_LABELS`].
    Restricted,
    Short,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Id,
    /// Name of the relationship, and referenced record type. The type is empty if the field can reference several types.
    Reference(&'static str, &'static str),
    Text,
    Picklist(&'static [&'static str]),
    Boolean,
    Integer,
    Decimal,
    Date,
    DateTime,
    /// Binary content. Query results contain the URL path of the content instead of its bytes.
    Base64,
}

#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub label: &'static str,
    pub length: u32,
    pub updateable: bool,
    /// True if a picklist accepts only the listed values.
    pub restricted: bool,
    pub nillable: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Type {
    pub name: &'static str,
    pub prefix: &'static str,
    fields: &'static [Field],
}

impl Type {
    pub fn fields(&self, status: StatusField) -> Vec<Field> {
        let mut fields = self.fields.to_vec();
        if self.name == "Opportunity" {
            fields.extend(status_field(status));
        }
        fields
    }

    /// Finds a field by its name, without regard to case.
    pub fn field(&self, name: &str, status: StatusField) -> Option<Field> {
        self.fields(status).into_iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}

/// Finds a record type by its name, without regard to case.
pub fn find(name: &str) -> Option<&'static Type> {
    TYPES.iter().find(|object| object.name.eq_ignore_ascii_case(name))
}

fn status_field(status: StatusField) -> Option<Field> {
    let text = Field {
        name: STATUS_FIELD,
        kind: Kind::Text,
        label: "LexiContract Status",
        length: 255,
        updateable: true,
        restricted: false,
        nillable: true,
    };
    match status {
        StatusField::Present => Some(text),
        StatusField::Missing => None,
        StatusField::ReadOnly => Some(Field { updateable: false, ..text }),
        StatusField::Restricted => Some(Field { kind: Kind::Picklist(STATUS_LABELS), restricted: true, ..text }),
        StatusField::Short => Some(Field { length: 5, ..text }),
    }
}

const fn fixed(name: &'static str, kind: Kind, label: &'static str, length: u32) -> Field {
    Field { name, kind, label, length, updateable: false, restricted: false, nillable: true }
}

const fn editable(name: &'static str, kind: Kind, label: &'static str, length: u32) -> Field {
    Field { updateable: true, ..fixed(name, kind, label, length) }
}

const fn required(field: Field) -> Field {
    Field { nillable: false, ..field }
}

const ID: Field = required(fixed("Id", Kind::Id, "Record ID", 18));
const IS_DELETED: Field = required(fixed("IsDeleted", Kind::Boolean, "Deleted", 0));
const CREATED: Field = required(fixed("CreatedDate", Kind::DateTime, "Created Date", 0));
const CREATED_BY: Field = required(fixed("CreatedById", Kind::Reference("CreatedBy", "User"), "Created By ID", 18));
const MODIFIED: Field = required(fixed("LastModifiedDate", Kind::DateTime, "Last Modified Date", 0));
const MODIFIED_BY: Field =
    required(fixed("LastModifiedById", Kind::Reference("LastModifiedBy", "User"), "Last Modified By ID", 18));
const SYSTEM_STAMP: Field = required(fixed("SystemModstamp", Kind::DateTime, "System Modstamp", 0));
const OWNER: Field = editable("OwnerId", Kind::Reference("Owner", "User"), "Owner ID", 18);
const FORECASTS: &[&str] = &["Omitted", "Pipeline", "BestCase", "Forecast", "Closed"];
const KINDS_OF_BUSINESS: &[&str] = &["New Customer", "Existing Customer - Upgrade", "Existing Customer - Replacement"];

pub static TYPES: &[Type] = &[
    Type {
        name: "Opportunity",
        prefix: "006",
        fields: &[
            ID,
            IS_DELETED,
            editable("AccountId", Kind::Reference("Account", "Account"), "Account ID", 18),
            required(editable("Name", Kind::Text, "Name", 120)),
            editable("Description", Kind::Text, "Description", 32_000),
            required(editable("StageName", Kind::Picklist(STAGES), "Stage", 255)),
            editable("Amount", Kind::Decimal, "Amount", 0),
            editable("Probability", Kind::Decimal, "Probability (%)", 0),
            required(editable("CloseDate", Kind::Date, "Close Date", 0)),
            editable("Type", Kind::Picklist(KINDS_OF_BUSINESS), "Opportunity Type", 255),
            editable("NextStep", Kind::Text, "Next Step", 255),
            required(fixed("IsClosed", Kind::Boolean, "Closed", 0)),
            required(fixed("IsWon", Kind::Boolean, "Won", 0)),
            required(fixed("ForecastCategory", Kind::Picklist(FORECASTS), "Forecast Category", 40)),
            required(OWNER),
            CREATED,
            CREATED_BY,
            MODIFIED,
            MODIFIED_BY,
            SYSTEM_STAMP,
        ],
    },
    Type {
        name: "Account",
        prefix: "001",
        fields: &[
            ID,
            IS_DELETED,
            required(editable("Name", Kind::Text, "Account Name", 255)),
            editable("Industry", Kind::Text, "Industry", 255),
            OWNER,
            CREATED,
            MODIFIED,
            SYSTEM_STAMP,
        ],
    },
    Type {
        name: "User",
        prefix: "005",
        fields: &[
            ID,
            fixed("Name", Kind::Text, "Full Name", 121),
            fixed("Username", Kind::Text, "Username", 80),
            fixed("Email", Kind::Text, "Email", 128),
            fixed("FirstName", Kind::Text, "First Name", 40),
            fixed("LastName", Kind::Text, "Last Name", 80),
            fixed("IsActive", Kind::Boolean, "Active", 0),
        ],
    },
    Type {
        name: "Organization",
        prefix: "00D",
        fields: &[
            ID,
            fixed("Name", Kind::Text, "Name", 80),
            fixed("IsSandbox", Kind::Boolean, "Is Sandbox", 0),
            fixed("OrganizationType", Kind::Text, "Edition", 40),
            fixed("InstanceName", Kind::Text, "Instance Name", 5),
            fixed("NamespacePrefix", Kind::Text, "Namespace Prefix", 15),
            fixed("TrialExpirationDate", Kind::DateTime, "Trial Expiration Date", 0),
            fixed("LanguageLocaleKey", Kind::Text, "Language", 40),
            fixed("TimeZoneSidKey", Kind::Text, "Time Zone", 40),
        ],
    },
    Type {
        name: "UserPermissionAccess",
        // This record type has no prefix in Salesforce, but the simulator requires one for every type.
        prefix: "000",
        fields: &[
            ID,
            fixed("PermissionsModifyAllData", Kind::Boolean, "Modify All Data", 0),
            fixed("PermissionsViewAllData", Kind::Boolean, "View All Data", 0),
            fixed("PermissionsManageUsers", Kind::Boolean, "Manage Users", 0),
            fixed("PermissionsAuthorApex", Kind::Boolean, "Author Apex", 0),
            fixed("PermissionsCustomizeApplication", Kind::Boolean, "Customize Application", 0),
        ],
    },
    Type {
        name: "ContentDocument",
        prefix: "069",
        fields: &[
            ID,
            IS_DELETED,
            editable("Title", Kind::Text, "Title", 255),
            fixed("FileExtension", Kind::Text, "File Extension", 40),
            fixed("FileType", Kind::Text, "File Type", 20),
            fixed("ContentSize", Kind::Integer, "Size", 0),
            fixed("ContentModifiedDate", Kind::DateTime, "Content Modified Date", 0),
            fixed(
                "LatestPublishedVersionId",
                Kind::Reference("LatestPublishedVersion", "ContentVersion"),
                "Latest Published Version ID",
                18,
            ),
            OWNER,
            CREATED,
            MODIFIED,
            SYSTEM_STAMP,
        ],
    },
    Type {
        name: "ContentVersion",
        prefix: "068",
        fields: &[
            ID,
            IS_DELETED,
            fixed("ContentDocumentId", Kind::Reference("ContentDocument", "ContentDocument"), "ContentDocument ID", 18),
            fixed("IsLatest", Kind::Boolean, "Is Latest", 0),
            fixed("IsMajorVersion", Kind::Boolean, "Is Major Version", 0),
            editable("Title", Kind::Text, "Title", 255),
            fixed("PathOnClient", Kind::Text, "Path On Client", 500),
            fixed("FileExtension", Kind::Text, "File Extension", 40),
            fixed("FileType", Kind::Text, "File Type", 20),
            fixed("ContentSize", Kind::Integer, "Size", 0),
            fixed("ContentSizeLong", Kind::Integer, "Size", 0),
            fixed("Checksum", Kind::Text, "Checksum", 50),
            fixed("VersionNumber", Kind::Text, "Version Number", 20),
            fixed("VersionData", Kind::Base64, "Version Data", 0),
            fixed("ContentLocation", Kind::Text, "Content Origin", 40),
            fixed("ContentUrl", Kind::Text, "Content URL", 1300),
            fixed("Origin", Kind::Text, "Content Origin", 40),
            fixed("FirstPublishLocationId", Kind::Reference("FirstPublishLocation", ""), "First Publish Location ID", 18),
            fixed("ContentModifiedDate", Kind::DateTime, "Content Modified Date", 0),
            OWNER,
            CREATED,
            CREATED_BY,
            MODIFIED,
            SYSTEM_STAMP,
        ],
    },
    Type {
        name: "ContentDocumentLink",
        prefix: "06A",
        fields: &[
            ID,
            IS_DELETED,
            fixed("LinkedEntityId", Kind::Reference("LinkedEntity", ""), "Linked Entity ID", 18),
            fixed("ContentDocumentId", Kind::Reference("ContentDocument", "ContentDocument"), "ContentDocument ID", 18),
            editable("ShareType", Kind::Text, "Share Type", 40),
            editable("Visibility", Kind::Text, "Visibility", 40),
            SYSTEM_STAMP,
        ],
    },
    Type {
        name: "Attachment",
        prefix: "00P",
        fields: &[
            ID,
            IS_DELETED,
            fixed("ParentId", Kind::Reference("Parent", ""), "Parent ID", 18),
            editable("Name", Kind::Text, "File Name", 255),
            editable("IsPrivate", Kind::Boolean, "Private", 0),
            editable("ContentType", Kind::Text, "Content Type", 120),
            fixed("BodyLength", Kind::Integer, "Body Length", 0),
            fixed("Body", Kind::Base64, "Body", 0),
            editable("Description", Kind::Text, "Description", 500),
            OWNER,
            CREATED,
            CREATED_BY,
            MODIFIED,
            SYSTEM_STAMP,
        ],
    },
];
