//! Gauges computed from the database, in the text format of Prometheus. Every server of a cluster reports the same values.

use lexicontract::hub::Hub;
use lexicontract::services::{Metrics, QuotaMetric};
use std::fmt::Display;

/// Queries the database. If the database does not respond, the text contains only `lexicontract_database_up 0`.
pub async fn text(hub: &Hub) -> String {
    hub.measure().await.map_or_else(|_| database_up(0), |metrics| render(&metrics))
}

fn render(metrics: &Metrics) -> String {
    let jobs = metrics.jobs.iter().map(|(kind, status, number)| (format!("{{kind=\"{kind}\",status=\"{status}\"}}"), number));
    let connections = metrics.connections.iter().map(|(status, number)| (format!("{{status=\"{status}\"}}"), number));
    let quotas = metrics.quotas.iter().map(|metric| (format!("{{quota=\"{}\"}}", metric.quota.into_str()), metric.used));
    let organizations = metrics.quotas.iter().flat_map(|QuotaMetric { quota, high, full, .. }| {
        let labels = |level| format!("{{quota=\"{}\",level=\"{level}\"}}", quota.into_str());
        [(labels("high"), high), (labels("full"), full)]
    });
    let organizations_help = "Organizations that use at least 80 % of a quota (`high`), and those that have reached it (`full`).";
    let free_disk = metrics.free_disk.map(|free| (String::new(), free));
    let free_disk_help = "Free bytes of the disk of files or SQLite database that has the fewest.";
    let queue_age = Some((String::new(), metrics.oldest_due.as_secs_f64()));
    [
        database_up(1),
        gauge("lexicontract_jobs", "Jobs by kind and state; those in the state `dead` were given up.", jobs),
        gauge("lexicontract_queue_age_seconds", "How long the job has been due that has waited for longest.", queue_age),
        gauge("lexicontract_connections", "Connections by state.", connections),
        gauge("lexicontract_quota_used", "What all organizations together use of each quota.", quotas),
        gauge("lexicontract_quota_organizations", organizations_help, organizations),
        free_disk.map(|free| gauge("lexicontract_free_disk_bytes", free_disk_help, [free])).unwrap_or_default(),
    ]
    .concat()
}

fn database_up(value: u8) -> String {
    gauge("lexicontract_database_up", "Whether the database answers.", [(String::new(), value)])
}

/// Formats a gauge with one line for each pair of labels and value. The labels are either empty or in braces.
fn gauge(name: &str, help: &str, values: impl IntoIterator<Item = (String, impl Display)>) -> String {
    let head = format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
    let lines = values.into_iter().map(|(labels, value)| format!("{name}{labels} {value}\n"));
    std::iter::once(head).chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::account::quota::Quota;
    use std::time::Duration;

    #[test]
    fn every_gauge_is_rendered_with_its_labels() {
        let metrics = Metrics {
            jobs: vec![("ingest".into(), "queued".into(), 3), ("ingest".into(), "dead".into(), 1)],
            oldest_due: Duration::from_millis(1_500),
            connections: vec![("connected".into(), 2)],
            quotas: vec![QuotaMetric { quota: Quota::Users, used: 7, high: 2, full: 1 }],
            free_disk: Some(5),
        };
        let text = render(&metrics);
        for line in [
            "lexicontract_database_up 1",
            "# TYPE lexicontract_jobs gauge",
            "lexicontract_jobs{kind=\"ingest\",status=\"dead\"} 1",
            "lexicontract_queue_age_seconds 1.5",
            "lexicontract_connections{status=\"connected\"} 2",
            "lexicontract_quota_used{quota=\"users\"} 7",
            "lexicontract_quota_organizations{quota=\"users\",level=\"high\"} 2",
            "lexicontract_quota_organizations{quota=\"users\",level=\"full\"} 1",
            "lexicontract_free_disk_bytes 5",
        ] {
            assert!(text.lines().any(|rendered| rendered == line), "{line}\n{text}");
        }
        assert_eq!(database_up(0).lines().last(), Some("lexicontract_database_up 0"));
    }
}
