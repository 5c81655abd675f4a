//! A dry run: what a call for an Opportunity would do, without doing it.

use super::{
    page::{WebPage, page, set_title},
    request::{parameter, query},
};
use crate::{
    context::{actor, hub},
    parts::{
        button::{Look, submit},
        card::card,
        field::Input,
        layout::{back_to, page_heading, sections, stack},
        list::{facts, item, items},
        notice::{notice, outcome_notice},
        number::bytes,
        prose::{code, link, muted, text},
        tone::Tone,
    },
    words::problem::{field, sentence},
};
use leptos::prelude::*;
use lexicontract::domain::{
    dry_run::{ChosenFile, DryRun, PlannedAction, PlannedContract, RejectedFile},
    ids::ConnectionId,
    opportunity::SalesforceId,
    people::Role,
    problem::{Invalid, Problem},
};

/// The way to a dry run, on the connection's page.
pub(super) fn try_it(id: &ConnectionId) -> AnyView {
    let content = stack((
        muted("See what a call for an Opportunity would do. Nothing is changed, here or in Salesforce."),
        question(id, String::new(), None),
    ));
    card("dry-run", "Dry run", ().into_any(), content)
}

/// The page: the question, and the answer when there was one.
pub(super) fn dry_run_page() -> WebPage {
    let (id, pasted) = (parameter("id"), query("opportunity"));
    page("Dry run", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Member)?;
        let id: ConnectionId = id.parse().map_err(|_| Problem::NotFound)?;
        let connection = hub.confirmed_connection(&actor, &id).await?;
        if !connection.has_setup() {
            return Err(Problem::NotFound);
        }
        let answer = match &pasted {
            Some(pasted) => Some(match SalesforceId::find_in(pasted, SalesforceId::OPPORTUNITY) {
                Some(opportunity) => hub.dry_run(&actor, &id, &opportunity).await.map_err(Problem::from),
                None => Err(Invalid::OpportunityId.into()),
            }),
            None => None,
        };
        let error = answer.as_ref().and_then(|answer| answer.as_ref().err());
        let error = error.filter(|problem| field(problem) == Some("opportunity")).map(sentence);
        let (failure, plan) = match answer {
            Some(Ok(plan)) => (None, Some(plan_view(&plan))),
            Some(Err(problem)) => (Some(outcome_notice(problem.title().to_owned(), sentence(&problem))), None),
            None => (None, None),
        };
        let form = card("question", "Which Opportunity?", ().into_any(), question(&id, pasted.unwrap_or_default(), error));
        set_title(&format!("Dry run · {}", connection.integration.name));
        Ok(sections(view! {
            {back_to(connection.integration.name.clone(), format!("/integrations/{id}"))}
            {page_heading(
                "Dry run",
                "What a call for an Opportunity would do. Nothing is changed, here or in Salesforce.".into_any(),
                ().into_any(),
            )}
            {failure}
            {form}
            {plan}
        }))
    })
}

/// It changes nothing, so it is an address: it can be sent to a colleague.
fn question(id: &ConnectionId, pasted: String, error: Option<String>) -> AnyView {
    let input =
        Input { value: pasted, error, placeholder: "006…".to_owned(), ..Input::text("opportunity", "Opportunity id or link") };
    view! {
        <form method="get" action=format!("/integrations/{id}/dry-run")>
            {stack((
                input.help("Paste the address of the Opportunity’s page in Salesforce, or its id.").view(),
                view! { <div>{submit("Show what would happen", Look::Secondary)}</div> },
            ))}
        </form>
    }
    .into_any()
}

fn plan_view(plan: &DryRun) -> AnyView {
    let opportunity = &plan.opportunity;
    let about = vec![
        ("Name", opportunity.name.clone().into_any()),
        ("Account", opportunity.account_name.clone().unwrap_or("None".to_owned()).into_any()),
        ("Stage", opportunity.stage.clone().into_any()),
        ("Id", code(opportunity.id.clone())),
    ];
    let write = vec![("Field", code(plan.write_back.field.clone())), ("Value", plan.write_back.value.clone().into_any())];
    view! {
        {notice(Tone::Ok, None, verdict(plan))}
        {card("opportunity", "Opportunity", ().into_any(), facts(about))}
        {card("file", "File that would be taken", ().into_any(), file(plan.file.as_ref()))}
        {(!plan.rejected.is_empty()).then(|| card("rejected", "Files that would be passed over", ().into_any(), rejected(&plan.rejected)))}
        {card("contract", "Contract", ().into_any(), contract(&plan.contract))}
        {card("write-back", "Status that would be written", ().into_any(), stack((facts(write), muted("When someone changes the negotiation status, this field gets its label."))))}
    }
    .into_any()
}

fn verdict(plan: &DryRun) -> String {
    let what = match (plan.contract.action, &plan.file) {
        (PlannedAction::Create, Some(file)) => format!("A call would make a contract from “{}”.", file.name),
        (PlannedAction::Create, None) => {
            "A call would make a contract without a document: no file can be used, or none that the connected user may see."
                .to_owned()
        }
        (PlannedAction::NewVersion, Some(file)) => {
            format!("A call would add “{}” to the contract as its next version.", file.name)
        }
        (PlannedAction::NewVersion | PlannedAction::Unchanged, _) => {
            "A call would change nothing: the contract is up to date.".to_owned()
        }
    };
    format!("{what} This was a dry run, so nothing was written.")
}

fn file(file: Option<&ChosenFile>) -> AnyView {
    match file {
        Some(file) => facts(vec![
            ("Name", file.name.clone().into_any()),
            ("Size", bytes(file.size_bytes)),
            ("Why this one", file.reason.clone().into_any()),
            ("Id", code(file.id.clone())),
        ]),
        None => text("None. Attach a file to the Opportunity, or change the file rule in the settings."),
    }
}

fn rejected(files: &[RejectedFile]) -> AnyView {
    items(files.iter().map(|file| item(file.name.clone().into_any(), ().into_any(), file.reason.clone().into_any())).collect())
}

fn contract(contract: &PlannedContract) -> AnyView {
    let words = match contract.action {
        PlannedAction::Create => "A new contract, named as the Opportunity.",
        PlannedAction::NewVersion => "The contract gets another version.",
        PlannedAction::Unchanged => "The contract stays as it is.",
    };
    let address = contract.id.as_ref().map(|id| link("Open the contract", format!("/contracts/{id}")));
    stack((text(words), address))
}
