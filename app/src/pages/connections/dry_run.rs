use super::data::connection_with_deals;
use crate::pages::prelude::*;
use crate::text::problem::{field, message};
use lexicontract::domain::connection::dry_run::{ChosenFile, DryRun, PlannedAction, PlannedContract};

pub(super) fn dry_run_card(id: &ConnectionId, terms: &'static Terms) -> AnyView {
    let about = muted(format!("See what {}", effects(terms)));
    card("dry-run", "Dry run", (), stack((about, form_view(id, terms, String::new(), None))))
}

fn effects(terms: &Terms) -> String {
    format!("a call for {} would do. Nothing is changed in LexiContract or in {}.", terms.a_deal(), terms.provider)
}

/// The page for a dry run, which shows the effects of a webhook delivery without performing them.
pub(crate) fn dry_run_page() -> WebPage {
    let (id, pasted) = (parameter("id"), query("record"));
    page("Dry run", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Member)?;
        let id: ConnectionId = parse_id(&id)?;
        let connection = connection_with_deals(&hub, &actor, &id).await?;
        let terms = connectors::terms(&connection.integration.slug);
        let answer = match &pasted {
            Some(pasted) => Some(hub.dry_run(&actor, &id, pasted).await.map_err(hub::Error::report)),
            None => None,
        };
        let error = answer.as_ref().and_then(|answer| answer.as_ref().err());
        let error = error.filter(|problem| field(problem) == Some("record")).map(message);
        let (failure, plan) = match answer {
            Some(Ok(plan)) => (None, Some(plan_view(&plan, terms))),
            Some(Err(problem)) => (Some(outcome_notice(problem.title().to_owned(), message(&problem))), None),
            None => (None, None),
        };
        let title = format!("Which {}?", terms.deal);
        let form = card("question", title, (), form_view(&id, terms, pasted.unwrap_or_default(), error));
        set_title(&format!("Dry run · {}", connection.integration.name));
        Ok(sections(view! {
            {back(connection.integration.name.clone(), format!("/integrations/{id}"))}
            {page_heading("Dry run", format!("What {}", effects(terms)), ())}
            {failure}
            {form}
            {plan}
        }))
    })
}

/// The form for the id or link of a deal. Its method is GET, so that users can share the address of a dry run.
fn form_view(id: &ConnectionId, terms: &'static Terms, pasted: String, error: Option<String>) -> AnyView {
    let input = Input {
        value: pasted,
        error,
        placeholder: terms.deal_id_example.to_owned(),
        ..Input::text("record", format!("{} ID or link", terms.deal))
    };
    let help = format!("Paste the address of the {}’s page in {}, or its ID.", terms.deal, terms.provider);
    any_view! {
        <form method="get" action=format!("/integrations/{id}/dry-run")>
            {stack((input.help(help).view(), view! { <div>{submit("Show what would happen", Look::Secondary)}</div> }))}
        </form>
    }
}

fn plan_view(plan: &DryRun, terms: &'static Terms) -> AnyView {
    let deal = &plan.deal;
    let about = vec![
        ("Name", deal.name.clone().into_any()),
        (terms.party, deal.party_name.clone().unwrap_or("None".to_owned()).into_any()),
        ("Stage", deal.stage.clone().into_any()),
        ("ID", code(deal.id.to_string())),
    ];
    let rejected: Vec<_> = plan.rejected.iter().map(|file| item(file.name.clone(), (), file.reason.clone())).collect();
    let write = vec![("Field", code(plan.write_back.field.clone())), ("Value", plan.write_back.value.clone().into_any())];
    any_view! {
        {notice(Tone::Ok, None, verdict(plan))}
        {plan.trigger_rejection.as_deref().map(|reason| rejection(reason, terms))}
        {card("deal", terms.deal, (), facts(about))}
        {card("file", "File to import", (), file(plan.file.as_ref(), terms))}
        {(!rejected.is_empty()).then(|| card("rejected", "Skipped files", (), items(rejected)))}
        {card("contract", "Contract", (), contract(&plan.contract, terms))}
        {card("write-back", "Status write-back", (), stack((facts(write), muted(WRITTEN))))}
    }
}

fn rejection(reason: &str, terms: &Terms) -> AnyView {
    let text =
        format!("Polling and Outbound Messages skip this {}: {reason} A webhook call is not measured by the rule.", terms.deal);
    callout(Tone::Warn, None, text, None)
}

const WRITTEN: &str = "This value is written as soon as the contract exists, unless the settings say otherwise.";

fn verdict(plan: &DryRun) -> String {
    let what = match (plan.contract.action, &plan.file) {
        (PlannedAction::Create, Some(file)) => format!("A webhook call for this record would create a contract from “{}”.", file.name),
        (PlannedAction::Create, None) => {
            "A webhook call for this record would create a contract without a document, because the connected user can’t see a usable file.".to_owned()
        }
        (PlannedAction::NewVersion, Some(file)) => format!("A call would add “{}” to the contract as its next version.", file.name),
        (PlannedAction::NewVersion | PlannedAction::Unchanged, _) => {
            "A call would change nothing: the contract is up to date.".to_owned()
        }
    };
    format!("{what} This was a dry run: nothing was changed.")
}

fn file(file: Option<&ChosenFile>, terms: &Terms) -> AnyView {
    match file {
        Some(file) => facts(vec![
            ("Name", file.name.clone().into_any()),
            ("Size", bytes(file.size_bytes)),
            ("Reason", file.reason.clone().into_any()),
            ("ID", code(file.id.clone())),
        ]),
        None => text(format!("None. Attach a file to the {}, or change “Imported file” in the settings.", terms.deal)),
    }
}

fn contract(contract: &PlannedContract, terms: &Terms) -> AnyView {
    let effect = match contract.action {
        PlannedAction::Create => format!("A new contract, named after the {}.", terms.deal),
        PlannedAction::NewVersion => "The contract gets a new version.".to_owned(),
        PlannedAction::Unchanged => "The contract is unchanged.".to_owned(),
    };
    let address = contract.id.as_ref().map(|id| link("Open the contract", format!("/contracts/{id}")));
    stack((text(effect), address))
}
