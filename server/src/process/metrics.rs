//! The numbers of the database in the text format of Prometheus. They are counted when they are asked for, so that they are
//! true on every server, also for what another one did.

use lexicontract::{
    hub::Hub,
    services::{Metrics, QuotaMetric},
};
use std::fmt::Write;

/// What `/metrics` says beside the counters of this process. A database that does not answer is a number too.
pub async fn text(hub: &Hub) -> String {
    match hub.measure().await {
        Ok(metrics) => written(&metrics),
        Err(_) => database(0),
    }
}

fn written(metrics: &Metrics) -> String {
    let mut text = database(1);
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
        line(&mut text, format_args!("lexicontract_quota_used{{quota=\"{}\"}} {used}", quota.as_str()));
    }
    let help = "Organizations that use at least 80 % of a quota (`high`), and those that have reached it (`full`).";
    head(&mut text, "lexicontract_quota_organizations", help);
    for QuotaMetric { quota, high, full, .. } in &metrics.quotas {
        for (level, number) in [("high", high), ("full", full)] {
            let quota = quota.as_str();
            line(&mut text, format_args!("lexicontract_quota_organizations{{quota=\"{quota}\",level=\"{level}\"}} {number}"));
        }
    }
    if let Some(free) = metrics.free_disk {
        head(
            &mut text,
            "lexicontract_free_disk_bytes",
            "Free bytes of the disk of files or SQLite database that has the fewest.",
        );
        line(&mut text, format_args!("lexicontract_free_disk_bytes {free}"));
    }
    text
}

fn database(is_up: u8) -> String {
    let mut text = String::new();
    head(&mut text, "lexicontract_database_up", "Whether the database answers.");
    line(&mut text, format_args!("lexicontract_database_up {is_up}"));
    text
}

fn head(text: &mut String, name: &str, help: &str) {
    line(text, format_args!("# HELP {name} {help}\n# TYPE {name} gauge"));
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a String takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::account::quota::Quota;
    use std::time::Duration;

    #[test]
    fn every_number_has_its_name_and_a_sentence() {
        let metrics = Metrics {
            jobs: vec![("ingest".into(), "queued".into(), 3), ("ingest".into(), "dead".into(), 1)],
            oldest_due: Duration::from_millis(1_500),
            connections: vec![("connected".into(), 2)],
            quotas: vec![QuotaMetric { quota: Quota::Users, used: 7, high: 2, full: 1 }],
            free_disk: Some(5),
        };
        let text = written(&metrics);
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
            assert!(text.lines().any(|written| written == line), "{line}\n{text}");
        }
        assert_eq!(database(0).lines().last(), Some("lexicontract_database_up 0"));
    }
}
