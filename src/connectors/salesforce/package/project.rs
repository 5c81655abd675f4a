//! The files of the project that are the same for every connection, but for their placeholders.

/// A file of `project/`: its path in the archive, and what it holds.
macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("project/", $path)))
    };
}

/// Every file of the folder `project/`.
pub(super) static FILES: &[(&str, &str)] = &[
    file!("README.md"),
    file!("force-app/main/default/classes/LexiContractCall.cls"),
    file!("force-app/main/default/classes/LexiContractCall.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractCallFinalizer.cls"),
    file!("force-app/main/default/classes/LexiContractCallFinalizer.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractCallJob.cls"),
    file!("force-app/main/default/classes/LexiContractCallJob.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractCallRecords.cls"),
    file!("force-app/main/default/classes/LexiContractCallRecords.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractCallTest.cls"),
    file!("force-app/main/default/classes/LexiContractCallTest.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractOpportunityHandler.cls"),
    file!("force-app/main/default/classes/LexiContractOpportunityHandler.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractOpportunityTest.cls"),
    file!("force-app/main/default/classes/LexiContractOpportunityTest.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractStages.cls"),
    file!("force-app/main/default/classes/LexiContractStages.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractTestData.cls"),
    file!("force-app/main/default/classes/LexiContractTestData.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractWebhook.cls"),
    file!("force-app/main/default/classes/LexiContractWebhook.cls-meta.xml"),
    file!("force-app/main/default/classes/LexiContractWebhookMock.cls"),
    file!("force-app/main/default/classes/LexiContractWebhookMock.cls-meta.xml"),
    file!("force-app/main/default/externalCredentials/LexiContract.externalCredential-meta.xml"),
    file!("force-app/main/default/layouts/LexiContract_Call__c-LexiContract Call Layout.layout-meta.xml"),
    file!("force-app/main/default/namedCredentials/LexiContract.namedCredential-meta.xml"),
    file!("force-app/main/default/objects/LexiContract_Call__c/LexiContract_Call__c.object-meta.xml"),
    file!("force-app/main/default/objects/LexiContract_Call__c/fields/Attempts__c.field-meta.xml"),
    file!("force-app/main/default/objects/LexiContract_Call__c/fields/Opportunity_Ids__c.field-meta.xml"),
    file!("force-app/main/default/objects/LexiContract_Call__c/fields/Reason__c.field-meta.xml"),
    file!("force-app/main/default/objects/LexiContract_Call__c/fields/Status__c.field-meta.xml"),
    file!("force-app/main/default/objects/LexiContract_Call__c/listViews/All.listView-meta.xml"),
    file!("force-app/main/default/objects/LexiContract_Stage__mdt/LexiContract_Stage__mdt.object-meta.xml"),
    file!("force-app/main/default/objects/LexiContract_Stage__mdt/fields/Is_Active__c.field-meta.xml"),
    file!("force-app/main/default/objects/LexiContract_Stage__mdt/fields/Stage__c.field-meta.xml"),
    file!("force-app/main/default/permissionsets/LexiContract_Administration.permissionset-meta.xml"),
    file!("force-app/main/default/permissionsets/LexiContract_Integration.permissionset-meta.xml"),
    file!("force-app/main/default/permissionsets/LexiContract_Sales.permissionset-meta.xml"),
    file!("force-app/main/default/tabs/LexiContract_Call__c.tab-meta.xml"),
    file!("force-app/main/default/triggers/LexiContractOpportunity.trigger"),
    file!("force-app/main/default/triggers/LexiContractOpportunity.trigger-meta.xml"),
    file!("manifest/package.xml"),
    file!("sfdx-project.json"),
];
