//! Analyses that fail because the document reader crashes.

use lexicontract::domain::contract::analysis::AnalysisStatus;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};

/// Runs a due analysis. Returns `false` if no analysis is due.
async fn analyse(fixture: &Connected) -> bool {
    fixture.hub.run_one_job(true).await.unwrap()
}

/// The document reader is this test program, which prints no valid output. The hub treats that as a crash.
#[tokio::test]
async fn a_document_that_crashes_the_reader_fails_at_once() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        assert_eq!(contract.versions[0].analysis.status, AnalysisStatus::Queued);
        assert!(analyse(&fixture).await);
        fixture.advance(60);
        assert!(!analyse(&fixture).await);
        let analysis = fixture.contract(&contract.id).await.versions[0].analysis.clone();
        assert_eq!(analysis.status, AnalysisStatus::Failed);
        assert_eq!(analysis.error_code.as_deref(), Some("crashed"));
        assert!(analysis.error.is_some() && analysis.summary.is_none() && analysis.clauses.is_empty());
        let timeline = fixture.timeline(&contract.id).await;
        assert_eq!(timeline.iter().filter(|line| line.0 == "analysis_failed").count(), 1);
        assert!(fixture.hub.version_file(&fixture.admin, &contract.id, 1).await.is_ok());
        assert!(matches!(fixture.hub.version_text(&fixture.admin, &contract.id, 1).await, Ok(None)));
        let compared = fixture.hub.compare_versions(&fixture.admin, &contract.id, 1, 1).await;
        assert!(matches!(compared, Err(Error::Problem(Problem::NoText))));
        let again = fixture.hub.retry_analysis(&fixture.admin, &contract.id, 1).await.unwrap();
        assert_eq!(again.versions[0].analysis.status, AnalysisStatus::Queued);
        assert!(analyse(&fixture).await, "the retry is due");
    })
    .await;
}
