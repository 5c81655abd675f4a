//! Template files of the Salesforce DX project.

/// Builds the static table of paths and templates from three lists: Apex classes, files of the default package folder, and other
/// files. Adds the metadata file of each class.
macro_rules! files {
    (classes: $($class:literal)* ; default: $($file:literal)* ; other: $($other:literal)* ;) => {
        &[
            $(files!(@ "force-app/main/default/classes/", $class, ".cls"),)*
            $(files!(@ "force-app/main/default/classes/", $class, ".cls-meta.xml"),)*
            $(files!(@ "force-app/main/default/", $file),)*
            $(files!(@ $other),)*
        ]
    };
    (@ $($part:literal),+) => {
        (concat!($($part),+), include_str!(concat!("project/", $($part),+)))
    };
}

/// Path and template of each file in the folder `project/`.
pub(super) static FILES: &[(&str, &str)] = files! {
    classes:
        "LexiContractCall" "LexiContractCallFinalizer" "LexiContractCallJob" "LexiContractCallRecords" "LexiContractCallTest"
        "LexiContractOpportunityHandler" "LexiContractOpportunityTest" "LexiContractPanelController" "LexiContractPanelTest"
        "LexiContractProgress" "LexiContractSendAction" "LexiContractSettings" "LexiContractSettingsTest" "LexiContractSignature" "LexiContractStages"
        "LexiContractTestData" "LexiContractWebhook" "LexiContractWebhookMock";
    default:
        "customMetadata/LexiContract_Setting.LexiContract.md-meta.xml"
        "externalCredentials/LexiContract.externalCredential-meta.xml"
        "layouts/LexiContract_Call__c-LexiContract Call Layout.layout-meta.xml"
        "lwc/lexiContractPanel/lexiContractPanel.html"
        "lwc/lexiContractPanel/lexiContractPanel.js"
        "lwc/lexiContractPanel/lexiContractPanel.js-meta.xml"
        "lwc/lexiContractPanel/steps.js"
        "namedCredentials/LexiContract.namedCredential-meta.xml"
        "objects/LexiContract_Call__c/LexiContract_Call__c.object-meta.xml"
        "objects/LexiContract_Call__c/fields/Applies_Rule__c.field-meta.xml"
        "objects/LexiContract_Call__c/fields/Attempts__c.field-meta.xml"
        "objects/LexiContract_Call__c/fields/Opportunity_Ids__c.field-meta.xml"
        "objects/LexiContract_Call__c/fields/Reason__c.field-meta.xml"
        "objects/LexiContract_Call__c/fields/Status__c.field-meta.xml"
        "objects/LexiContract_Call__c/listViews/All.listView-meta.xml"
        "objects/LexiContract_Setting__mdt/LexiContract_Setting__mdt.object-meta.xml"
        "objects/LexiContract_Setting__mdt/fields/Address__c.field-meta.xml"
        "objects/LexiContract_Setting__mdt/fields/Is_Active__c.field-meta.xml"
        "objects/LexiContract_Setting__mdt/fields/Is_Signed__c.field-meta.xml"
        "objects/LexiContract_Setting__mdt/fields/Only_If_Still_There__c.field-meta.xml"
        "objects/LexiContract_Setting__mdt/fields/Stage_Field__c.field-meta.xml"
        "objects/LexiContract_Setting__mdt/fields/Status_Field__c.field-meta.xml"
        "objects/LexiContract_Stage__mdt/LexiContract_Stage__mdt.object-meta.xml"
        "objects/LexiContract_Stage__mdt/fields/Is_Active__c.field-meta.xml"
        "objects/LexiContract_Stage__mdt/fields/Record_Types__c.field-meta.xml"
        "objects/LexiContract_Stage__mdt/fields/Stage__c.field-meta.xml"
        "objects/Opportunity/fields/LexiContract_Synced_At__c.field-meta.xml"
        "permissionsets/LexiContract_Administration.permissionset-meta.xml"
        "permissionsets/LexiContract_Integration.permissionset-meta.xml"
        "permissionsets/LexiContract_Sales.permissionset-meta.xml"
        "tabs/LexiContract_Call__c.tab-meta.xml"
        "triggers/LexiContractOpportunity.trigger"
        "triggers/LexiContractOpportunity.trigger-meta.xml";
    other:
        "README.md" "manifest/package.xml" "sfdx-project.json";
};
