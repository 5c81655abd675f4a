//! A dry run: what a delivery of a deal would do, without doing it.

use crate::{
    context::{actor, hub},
    pages::{
        page::{WebPage, page, set_title},
        request::{parameter, query},
    },
    parts::{
        form::{
            button::{Look, submit},
            field::Input,
        },
        layout::{
            back_to,
            card::card,
            list::{facts, item, items},
            page_heading,
            prose::{code, link, muted, text},
            sections, stack,
        },
        status::{
            notice::{notice, outcome_notice},
            number::bytes,
            tone::Tone,
        },
    },
    text::problem::{field, sentence},
};
use leptos::prelude::*;
use lexicontract::{
    connectors,
    domain::{
        account::users::Role,
        connection::{
            dry_run::{ChosenFile, DryRun, PlannedAction, PlannedContract, RejectedFile},
            terms::Terms,
        },
        ids::ConnectionId,
        problem::Problem,
    },
    hub,
};

/// The way to a dry run, on the connection's page.
pub(crate) fn try_it(id: &ConnectionId, terms: &'static Terms) -> AnyView {
    let content = stack((
        muted(format!("See what a call for {} would do. Nothing is changed, here or in {}.", terms.a_deal(), terms.provider)),
        question(id, terms, String::new(), None),
    ));
    card("dry-run", "Dry run", ().into_any(), content)
}

/// The page: the question, and the answer when there was one.
pub(crate) fn dry_run_page() -> WebPage {
    let (id, pasted) = (parameter("id"), query("record"));
    page("Dry run", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Member)?;
        let id: ConnectionId = id.parse().map_err(|_| Problem::NotFound)?;
        let connection = hub.confirmed_connection(&actor, &id).await?;
        if !connection.has_setup() {
            return Err(Problem::NotFound.into());
        }
        let terms = connectors::terms(&connection.integration.slug);
        let answer = match &pasted {
            Some(pasted) => Some(hub.dry_run(&actor, &id, pasted).await.map_err(hub::Error::report)),
            None => None,
        };
        let error = answer.as_ref().and_then(|answer| answer.as_ref().err());
        let error = error.filter(|problem| field(problem) == Some("record")).map(sentence);
        let (failure, plan) = match answer {
            Some(Ok(plan)) => (None, Some(plan_view(&plan, terms))),
            Some(Err(problem)) => (Some(outcome_notice(problem.title().to_owned(), sentence(&problem))), None),
            None => (None, None),
        };
        let title = format!("Which {}?", terms.deal);
        let form = card("question", title, ().into_any(), question(&id, terms, pasted.unwrap_or_default(), error));
        set_title(&format!("Dry run · {}", connection.integration.name));
        Ok(sections(view! {
            {back_to(connection.integration.name.clone(), format!("/integrations/{id}"))}
            {page_heading(
                "Dry run",
                format!("What a call for {} would do. Nothing is changed, here or in {}.", terms.a_deal(), terms.provider).into_any(),
                ().into_any(),
            )}
            {failure}
            {form}
            {plan}
        }))
    })
}

/// It changes nothing, so it is an address: it can be sent to a colleague.
fn question(id: &ConnectionId, terms: &'static Terms, pasted: String, error: Option<String>) -> AnyView {
    let input = Input {
        value: pasted,
        error,
        placeholder: terms.deal_id_example.to_owned(),
        ..Input::text("record", format!("{} id or link", terms.deal))
    };
    let help = format!("Paste the address of the {}’s page in {}, or its id.", terms.deal, terms.provider);
    view! {
        <form method="get" action=format!("/integrations/{id}/dry-run")>
            {stack((
                input.help(help).view(),
                view! { <div>{submit("Show what would happen", Look::Secondary)}</div> },
            ))}
        </form>
    }
    .into_any()
}

fn plan_view(plan: &DryRun, terms: &'static Terms) -> AnyView {
    let deal = &plan.deal;
    let about = vec![
        ("Name", deal.name.clone().into_any()),
        (terms.party, deal.party_name.clone().unwrap_or("None".to_owned()).into_any()),
        ("Stage", deal.stage.clone().into_any()),
        ("Id", code(deal.id.to_string())),
    ];
    let write = vec![("Field", code(plan.write_back.field.clone())), ("Value", plan.write_back.value.clone().into_any())];
    view! {
        {notice(Tone::Ok, None, verdict(plan))}
        {card("deal", terms.deal, ().into_any(), facts(about))}
        {card("file", "File that would be taken", ().into_any(), file(plan.file.as_ref(), terms))}
        {(!plan.rejected.is_empty()).then(|| card("rejected", "Files that would be passed over", ().into_any(), rejected(&plan.rejected)))}
        {card("contract", "Contract", ().into_any(), contract(&plan.contract, terms))}
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

fn file(file: Option<&ChosenFile>, terms: &Terms) -> AnyView {
    match file {
        Some(file) => facts(vec![
            ("Name", file.name.clone().into_any()),
            ("Size", bytes(file.size_bytes)),
            ("Why this one", file.reason.clone().into_any()),
            ("Id", code(file.id.clone())),
        ]),
        None => text(format!("None. Attach a file to the {}, or change the file rule in the settings.", terms.deal)),
    }
}

fn rejected(files: &[RejectedFile]) -> AnyView {
    items(files.iter().map(|file| item(file.name.clone().into_any(), ().into_any(), file.reason.clone().into_any())).collect())
}

fn contract(contract: &PlannedContract, terms: &Terms) -> AnyView {
    let words = match contract.action {
        PlannedAction::Create => format!("A new contract, named after the {}.", terms.deal),
        PlannedAction::NewVersion => "The contract gets another version.".to_owned(),
        PlannedAction::Unchanged => "The contract stays as it is.".to_owned(),
    };
    let address = contract.id.as_ref().map(|id| link("Open the contract", format!("/contracts/{id}")));
    stack((text(words), address))
}
