use super::account::audit::audit;
use super::account::delete_organization::delete_organization;
use super::account::profile::account;
use super::account::settings::settings;
use super::account::team::team;
use super::account::tokens::tokens;
use super::auth::invitation::invitation;
use super::auth::login::login;
use super::auth::register::register;
use super::auth::saved_form::saved_form_page;
use super::connections::backlog::backlog_page;
use super::connections::connect::connect;
use super::connections::connect_link::create::create_page;
use super::connections::connect_link::visit::{lost, visit};
use super::connections::connection::connection_page;
use super::connections::consent::ask_to_connect::ask_to_connect;
use super::connections::delivery::delivery_page;
use super::connections::disconnect::disconnect;
use super::connections::dry_run::dry_run_page;
use super::connections::integrations::integrations;
use super::connections::reconnect::reconnect;
use super::connections::settings::settings_page;
use super::contracts::by_record::contract_of_record;
use super::contracts::compare::compare;
use super::contracts::contract::contract_page;
use super::contracts::erase::erase;
use super::contracts::files::files_page;
use super::contracts::overview::contracts;
use super::layout::layout;
use super::prelude::*;
use crate::connect_link;
use lexicontract::domain::compatibility;

pub struct Route {
    /// The path of the page, in axum's route syntax.
    pub path: &'static str,
    pub(crate) page: fn() -> WebPage,
}

pub const ROUTES: [Route; 29] = [
    Route { path: "/", page: start },
    Route { path: "/login", page: login },
    Route { path: "/register", page: register },
    Route { path: "/invitations/{token}", page: invitation },
    Route { path: connect_link::LOST_PAGE, page: lost },
    Route { path: "/connect/{token}", page: visit },
    Route { path: "/integrations", page: || framed(integrations()) },
    Route { path: "/integrations/connect/{slug}", page: || framed(connect()) },
    Route { path: "/integrations/connect/{slug}/link", page: || framed(create_page()) },
    Route { path: "/integrations/{id}", page: || framed(connection_page()) },
    Route { path: "/integrations/{id}/disconnect", page: || framed(disconnect()) },
    Route { path: "/integrations/{id}/reconnect", page: || framed(reconnect()) },
    Route { path: "/integrations/{id}/settings", page: || framed(settings_page()) },
    Route { path: "/integrations/{id}/backlog", page: || framed(backlog_page()) },
    Route { path: "/integrations/{id}/dry-run", page: || framed(dry_run_page()) },
    Route { path: "/deliveries/{id}", page: || framed(delivery_page()) },
    Route { path: "/contracts", page: || framed(contracts()) },
    Route { path: compatibility::CONTRACT_PAGE, page: || framed(contract_of_record(compatibility::SLUG, parameter("record"))) },
    Route { path: "/contracts/{id}", page: || framed(contract_page()) },
    Route { path: "/contracts/{id}/compare", page: || framed(compare()) },
    Route { path: "/contracts/{id}/files", page: || framed(files_page()) },
    Route { path: "/contracts/{id}/erase", page: || framed(erase()) },
    Route { path: "/account", page: || framed(account()) },
    Route { path: "/unfinished", page: || framed(saved_form_page()) },
    Route { path: "/team", page: || framed(team()) },
    Route { path: "/settings", page: || framed(settings()) },
    Route { path: "/settings/delete", page: || framed(delete_organization()) },
    Route { path: "/settings/tokens", page: || framed(tokens()) },
    Route { path: "/settings/audit", page: || framed(audit()) },
];

/// The fallback for unknown routes (404). It has no path.
pub const NOT_FOUND: Route = Route { path: "", page: not_found };

/// The consent page. It has no path, because an API route renders it.
pub const ASK_TO_CONNECT: Route = Route { path: "", page: || framed(ask_to_connect()) };

fn framed(page: WebPage) -> WebPage {
    page.with_layout(layout)
}

fn start() -> WebPage {
    leptos_axum::redirect("/integrations");
    ready_page("Integrations", ().into_any())
}

fn not_found() -> WebPage {
    set_status(404);
    let panel = panel(
        "Not found",
        "There is no page at this address. It may have moved, or the address is mistyped.",
        link_button("Go to Integrations", "/integrations", Look::Primary),
    );
    ready_page("Not found", centered_page(panel, ()))
}
