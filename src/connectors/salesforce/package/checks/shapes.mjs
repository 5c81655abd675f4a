// Metadata API types that are missing in jsforce's copy of the WSDL, in the format of jsforce. Source: Metadata API Developer
// Guide. `?` marks an optional element, an array marks a repeatable element.

const DEFAULT = 'force-app/main/default';

/** Metadata type of each file in source format, by the file's path. */
export const FILE_TYPES = [
    [/^manifest\/package\.xml$/, 'Package'],
    ['classes/\\w+\\.cls', 'ApexClass'],
    ['triggers/\\w+\\.trigger', 'ApexTrigger'],
    ['lwc/(\\w+)/\\1\\.js', 'LightningComponentBundle'],
    ['objects/(\\w+)/\\1\\.object', 'CustomObject'],
    ['objects/\\w+/fields/\\w+__c\\.field', 'CustomField'],
    ['objects/\\w+/listViews/\\w+\\.listView', 'ListView'],
    ['layouts/\\w+-[\\w ]+\\.layout', 'Layout'],
    ['tabs/\\w+\\.tab', 'CustomTab'],
    ['permissionsets/\\w+\\.permissionset', 'PermissionSet'],
    ['customMetadata/\\w+\\.\\w+\\.md', 'CustomMetadata'],
    ['externalCredentials/\\w+\\.externalCredential', 'ExternalCredential'],
    ['namedCredentials/\\w+\\.namedCredential', 'NamedCredential']
].map(([pattern, type]) => [pattern instanceof RegExp ? pattern : new RegExp(`^${DEFAULT}/${pattern}-meta\\.xml$`), type]);

export const NEWER = {
    ApexClass: { props: { apiVersion: 'number', status: 'string', description: '?string', packageVersions: ['string'] } },
    ApexTrigger: { props: { apiVersion: 'number', status: 'string', packageVersions: ['string'] } },
    ExternalCredential: {
        props: {
            authenticationProtocol: 'string',
            authenticationProtocolVariant: '?string',
            description: '?string',
            externalCredentialParameters: ['ExternalCredentialParameter'],
            label: 'string'
        }
    },
    ExternalCredentialParameter: {
        props: {
            authProvider: '?string',
            certificate: '?string',
            description: '?string',
            externalAuthIdentityProvider: '?string',
            parameterGroup: '?string',
            parameterName: '?string',
            parameterType: 'string',
            parameterValue: '?string',
            sequenceNumber: '?number'
        }
    },
    NamedCredential: {
        props: {
            allowMergeFieldsInBody: '?boolean',
            allowMergeFieldsInHeader: '?boolean',
            calloutStatus: '?string',
            description: '?string',
            generateAuthorizationHeader: '?boolean',
            label: 'string',
            namedCredentialParameters: ['NamedCredentialParameter'],
            namedCredentialType: 'string'
        }
    },
    NamedCredentialParameter: {
        props: {
            certificate: '?string',
            description: '?string',
            externalCredential: '?string',
            globalNamedPrincipalCredential: '?string',
            managedFeatureEnabledCallout: '?string',
            outboundNetworkConnection: '?string',
            parameterName: '?string',
            parameterType: 'string',
            parameterValue: '?string',
            readOnlyNamedCredential: '?string',
            sequenceNumber: '?number'
        }
    },
    PermissionSet: {
        props: {
            externalCredentialPrincipalAccesses: ['PermissionSetExternalCredentialPrincipalAccess'],
            classAccesses: ['PermissionSetApexClassAccess'],
            customMetadataTypeAccesses: ['PermissionSetCustomMetadataTypeAccess'],
            description: '?string',
            fieldPermissions: ['PermissionSetFieldPermissions'],
            hasActivationRequired: '?boolean',
            label: 'string',
            license: '?string',
            objectPermissions: ['PermissionSetObjectPermissions'],
            tabSettings: ['PermissionSetTabSetting'],
            userPermissions: ['PermissionSetUserPermission']
        }
    },
    PermissionSetCustomMetadataTypeAccess: { props: { enabled: 'boolean', name: 'string' } },
    PermissionSetExternalCredentialPrincipalAccess: { props: { enabled: 'boolean', externalCredentialPrincipal: 'string' } },
    LightningComponentBundle: {
        props: {
            apiVersion: '?number',
            description: '?string',
            isExposed: '?boolean',
            masterLabel: '?string',
            targetConfigs: '?TargetConfigs',
            targets: '?Targets'
        }
    },
    TargetConfigs: { props: { targetConfig: ['TargetConfig'] } },
    TargetConfig: { props: { objects: '?TargetObjects', supportedFormFactors: '?string' } },
    TargetObjects: { props: { object: ['string'] } }
};

/** Allowed values of elements that have an enumerated type. */
export const VALUES = {
    'ApexClass.status': ['Active', 'Inactive'],
    'ApexTrigger.status': ['Active', 'Inactive'],
    'CustomField.fieldManageability': ['DeveloperControlled', 'SubscriberControlled', 'Locked'],
    'CustomField.type': ['AutoNumber', 'Checkbox', 'DateTime', 'LongTextArea', 'Number', 'Picklist', 'Text'],
    'CustomObject.deploymentStatus': ['InDevelopment', 'Deployed'],
    'CustomObject.sharingModel': ['Private', 'Read', 'ReadWrite', 'ControlledByParent'],
    'CustomObject.visibility': ['Public', 'Protected', 'PackageProtected'],
    'ExternalCredential.authenticationProtocol': ['AwsSv4', 'Basic', 'Custom', 'Oauth'],
    'ExternalCredentialParameter.parameterType': [
        'AuthHeader',
        'AuthParameter',
        'AuthProtocolVariant',
        'NamedPrincipal',
        'PerUserPrincipal'
    ],
    'LayoutItem.behavior': ['Edit', 'Required', 'Readonly'],
    'LayoutSection.style': ['TwoColumnsTopToBottom', 'TwoColumnsLeftToRight', 'OneColumn', 'CustomLinks'],
    'NamedCredential.calloutStatus': ['Enabled', 'Disabled'],
    'NamedCredential.namedCredentialType': ['Legacy', 'SecuredEndpoint', 'PrivateEndpoint'],
    'NamedCredentialParameter.parameterType': ['Authentication', 'ClientCertificate', 'HttpHeader', 'Url'],
    'PermissionSetTabSetting.visibility': ['Available', 'None', 'Visible'],
    'Targets.target': ['lightning__RecordPage']
};
