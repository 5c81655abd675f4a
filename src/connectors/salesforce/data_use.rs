//! Objects and fields that the queries and writes of this connector name. A test compares them with the requests.

use super::checks::privilege::UNNEEDED;
use crate::connectors::{Field, ObjectUse};
use Field::{Named, Stage, Status};

const OPPORTUNITY: [Field; 10] = [
    Named("Id"),
    Named("Name"),
    Named("StageName"),
    Named("Account.Name"),
    Named("RecordType.DeveloperName"),
    Named("CreatedDate"),
    Named("LastStageChangeDate"),
    Named("SystemModstamp"),
    Stage,
    Status,
];

const CONTENT_VERSION: [Field; 14] = [
    Named("Id"),
    Named("ContentDocumentId"),
    Named("Title"),
    Named("PathOnClient"),
    Named("FileExtension"),
    Named("FileType"),
    Named("ContentSize"),
    Named("Checksum"),
    Named("ContentLocation"),
    Named("ContentModifiedDate"),
    Named("CreatedDate"),
    Named("IsLatest"),
    Named("VersionNumber"),
    Named("VersionData"),
];

const ATTACHMENT: [Field; 6] =
    [Named("Id"), Named("Name"), Named("BodyLength"), Named("LastModifiedDate"), Named("ParentId"), Named("Body")];

/// System permissions of the connected user.
const PERMISSIONS: [Field; UNNEEDED.len()] = {
    let mut fields = [Named(""); UNNEEDED.len()];
    let mut index = 0;
    while index < fields.len() {
        fields[index] = Named(UNNEEDED[index].0);
        index += 1;
    }
    fields
};

const fn read(object: &'static str, purpose: &'static str, reads: &'static [Field]) -> ObjectUse {
    ObjectUse { object, purpose, reads, writes: &[] }
}

pub(super) static DATA_USE: &[ObjectUse] = &[
    ObjectUse {
        object: "Opportunity",
        purpose: "Finds the Opportunities in the chosen stages, names the contract, and shows its status. The description of the \
                  object is read too, to offer its stages, record types and fields in the settings.",
        reads: &OPPORTUNITY,
        writes: &[Status],
    },
    read(
        "OpportunityHistory",
        "Says when an Opportunity entered its stage, if the setting or the org requires it.",
        &[Named("Id"), Named("OpportunityId"), Named("StageName"), Named("CreatedDate")],
    ),
    read(
        "ContentDocumentLink",
        "Lists the files of these Opportunities.",
        &[Named("Id"), Named("ContentDocumentId"), Named("LinkedEntityId")],
    ),
    ObjectUse {
        object: "ContentVersion",
        purpose: "Chooses the contract file of an Opportunity, and downloads it. Adds approved or signed versions, if the settings \
                  say so.",
        reads: &CONTENT_VERSION,
        writes: &[
            Named("ContentDocumentId"),
            Named("FirstPublishLocationId"),
            Named("PathOnClient"),
            Named("ReasonForChange"),
            Named("Title"),
            Named("VersionData"),
        ],
    },
    read("Attachment", "Reads files of the older type, if no other file is usable.", &ATTACHMENT),
    read("Organization", "Shows which org is connected.", &[Named("Id"), Named("Name"), Named("IsSandbox")]),
    read(
        USER_INFO,
        "Shows which user is connected (OpenID Connect).",
        &[Named("organization_id"), Named("name"), Named("email"), Named("preferred_username")],
    ),
    read("UserPermissionAccess", "Warns if the connected user has more permissions than needed.", &PERMISSIONS),
    read(
        "LexiContract_Stage__mdt",
        "Compares the deployed setup package with the settings.",
        &[Named("Stage__c"), Named("Record_Types__c"), Named("Is_Active__c")],
    ),
    read(
        "LexiContract_Setting__mdt",
        "Compares the deployed setup package with the settings.",
        &[Named("Is_Active__c"), Named("Only_If_Still_There__c"), Named("Stage_Field__c"), Named("DeveloperName")],
    ),
];

pub(super) const USER_INFO: &str = "User info";
