//! Warnings about settings that weaken security.

use lexicontract::domain::operator_warning::OperatorWarning;
use test_support::databases::on_every_database;
use test_support::fixture::Fixture;

#[tokio::test]
async fn insecure_settings_give_warnings() {
    on_every_database(async |opened| {
        let with = async |settings: &[(&str, &str)]| Fixture::with(opened.clone(), settings).await.hub;
        let hub = with(&[("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1")]).await;
        // `DatabaseOnSharedFolder` depends on the machine that runs the test.
        let warnings = || {
            let mut warnings = hub.operator_warnings();
            warnings.retain(|warning| *warning != OperatorWarning::DatabaseOnSharedFolder);
            warnings
        };
        assert_eq!(warnings(), [OperatorWarning::ExtraProviderHosts]);
        hub.record_ignored_forwarded_for();
        hub.record_ignored_forwarded_for();
        assert_eq!(warnings(), [OperatorWarning::ExtraProviderHosts, OperatorWarning::ForwardedForIgnored]);
        for warning in hub.operator_warnings() {
            assert!(warning.to_string().contains(warning.variable().unwrap()), "{warning}");
        }
    })
    .await;
}
