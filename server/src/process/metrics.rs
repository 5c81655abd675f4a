//! Gauges computed from the database, in the text format of Prometheus. The database is queried for each scrape, so all servers
//! of a cluster report the same values.

use lexicontract::{
    hub::Hub,
    services::{Metrics, QuotaMetric},
};
use std::fmt::{Arguments, Write};

/// The database gauges for `/metrics`. If the database does not respond, only `lexicontract_database_up 0`.
pub async fn text(hub: &Hub) -> String {
    hub.measure().await.map_or_else(|_| database_up(0), |metrics| render(&metrics))
}

fn render(metrics: &Metrics) -> String {
    let mut text = database_up(1);
    head(&mut text, "lexicontract_jobs", "Jobs by kind and state; those in the state `dead` were given up.");
    for (kind, status, number) in &metrics.jobs {
        line(&mut text, format_args!("lexicontract_jobs{{kind=\"{kind}\",status=\"{status}\"}} {number}"));
    }
    head(&mut text, "lexicontract_queue_age_seconds", "How long the job has been due that has waited for longest.");
    line(&mut text, format_args!("lexicontract_queue_age_seconds {}", metrics.oldest_due.as_secs_f64()));
    head(&mut text, "lexicontract_connections", "Connections by state.");
    for (status, number) in &metrics.connections {
        line(&mut text, format_args!("lexicontract_connections{{status=\"{status}\"}} {number}"));
    }
    head(&mut text, "lexicontract_quota_used", "What all organizations together use of each quota.");
    for QuotaMetric { quota, used, .. } in &metrics.quotas {
        line(&mut text, format_args!("lexicontract_quota_used{{quota=\"{}\"}} {used}", quota.into_str()));
    }
    let help = "Organizations that use at least 80 % of a quota (`high`), and those that have reached it (`full`).";
    head(&mut text, "lexicontract_quota_organizations", help);
    for QuotaMetric { quota, high, full, .. } in &metrics.quotas {
        let quota = quota.into_str();
        for (level, number) in [("high", high), ("full", full)] {
            line(&mut text, format_args!("lexicontract_quota_organizations{{quota=\"{quota}\",level=\"{level}\"}} {number}"));
        }
    }
    if let Some(free) = metrics.free_disk {
        let help = "Free bytes of the disk of files or SQLite database that has the fewest.";
        head(&mut text, "lexicontract_free_disk_bytes", help);
        line(&mut text, format_args!("lexicontract_free_disk_bytes {free}"));
    }
    text
}

fn database_up(value: u8) -> String {
    let mut text = String::new();
    head(&mut text, "lexicontract_database_up", "Whether the database answers.");
    line(&mut text, format_args!("lexicontract_database_up {value}"));
    text
}

fn head(text: &mut String, name: &str, help: &str) {
    line(text, format_args!("# HELP {name} {help}\n# TYPE {name} gauge"));
}

fn line(text: &mut String, line: Arguments<'_>) {
    writeln!(text, "{line}").expect("writing to a String cannot fail");
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
