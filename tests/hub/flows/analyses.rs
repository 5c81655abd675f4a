use super::fixture::{Connected, file};
use crate::databases::on_every_database;
use lexicontract::{
    domain::{contract::analysis::AnalysisStatus, problem::Problem},
    hub::Error,
};

/// Runs an analysis that is due; `false` when none is.
async fn analyse(fixture: &Connected) -> bool {
    fixture.hub.run_one_job(true).await.unwrap()
}

/// The program that reads documents is the one that runs; here that is a test, which gives no answer that makes sense.
#[tokio::test]
async fn a_document_that_makes_its_reader_fail_is_given_up_at_once_and_the_contract_stays() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        assert_eq!(contract.versions[0].analysis.status, AnalysisStatus::Queued);
        assert!(analyse(&fixture).await);
        fixture.advance(60);
        assert!(!analyse(&fixture).await);
        let analysis = fixture.contract(&contract.id).await.versions[0].analysis.clone();
        assert_eq!((analysis.status, analysis.error_code.as_deref()), (AnalysisStatus::Failed, Some("crashed")));
        assert!(analysis.error.is_some() && analysis.summary.is_none() && analysis.clauses.is_empty());
        let told = fixture.timeline(&contract.id).await;
        assert_eq!(told.iter().filter(|line| line.0 == "analysis_failed").count(), 1);
        assert!(fixture.hub.version_file(&fixture.admin, &contract.id, 1).await.is_ok());
        assert!(matches!(fixture.hub.version_text(&fixture.admin, &contract.id, 1).await, Ok(None)));
        let compared = fixture.hub.compare_versions(&fixture.admin, &contract.id, 1, 1).await;
        assert!(matches!(compared, Err(Error::Problem(Problem::NoText))));
        let again = fixture.hub.retry_analysis(&fixture.admin, &contract.id, 1).await.unwrap();
        assert_eq!(again.versions[0].analysis.status, AnalysisStatus::Queued);
        assert!(analyse(&fixture).await, "a person asked for another try");
    })
    .await;
}
