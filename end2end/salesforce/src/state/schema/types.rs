//! The fields of all record types, except the status field.

use super::{Field, Kind, STAGES, Type};

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
            editable("RecordTypeId", Kind::Reference("RecordType", "RecordType"), "Record Type ID", 18),
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
            fixed("LastStageChangeDate", Kind::DateTime, "Last Stage Change Date", 0),
        ],
    },
    Type {
        name: "OpportunityHistory",
        prefix: "008",
        fields: &[
            ID,
            IS_DELETED,
            required(fixed("OpportunityId", Kind::Reference("Opportunity", "Opportunity"), "Opportunity ID", 18)),
            required(fixed("StageName", Kind::Picklist(STAGES), "Stage Name", 255)),
            fixed("Amount", Kind::Decimal, "Amount", 0),
            fixed("Probability", Kind::Decimal, "Probability", 0),
            fixed("CloseDate", Kind::Date, "Close Date", 0),
            required(fixed("ForecastCategory", Kind::Picklist(FORECASTS), "To ForecastCategory", 40)),
            CREATED,
            CREATED_BY,
            SYSTEM_STAMP,
        ],
    },
    Type {
        name: "RecordType",
        prefix: "012",
        fields: &[
            ID,
            required(fixed("Name", Kind::Text, "Name", 80)),
            required(fixed("DeveloperName", Kind::Text, "Record Type Name", 80)),
            required(fixed("SobjectType", Kind::Text, "SObject Type Name", 40)),
            required(fixed("IsActive", Kind::Boolean, "Active", 0)),
            CREATED,
            MODIFIED,
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
            fixed("ReasonForChange", Kind::Text, "Reason For Change", 1_000),
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
