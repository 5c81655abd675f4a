//! Every page's address.

use super::{
    account::Account,
    audit::Audit,
    compare::Compare,
    connect::Connect,
    connection::ConnectionPage,
    connection_settings::SettingsPage,
    contract::ContractPage,
    contract_of_opportunity::ContractOfOpportunity,
    contracts::Contracts,
    disconnect::Disconnect,
    dry_run::DryRunPage,
    entrance::{invitation::Invitation, login::Login, register::Register},
    integrations::Integrations,
    layout::Layout,
    not_found::NotFound,
    reconnect::Reconnect,
    team::Team,
    tokens::Tokens,
    unfinished::UnfinishedPage,
};
use leptos::prelude::*;
use leptos_axum::AxumRouteListing;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{Outlet, ParentRoute, Redirect, Route, Router, Routes},
    path,
};

/// The pages under their addresses. Nothing is sent before a page is complete, so its status can still be set.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <ParentRoute path=path!("") view=Outlet ssr=SsrMode::Async>
                    <Route path=path!("/") view=|| view! { <Redirect path="/integrations" /> } />
                    <Route path=path!("/login") view=Login />
                    <Route path=path!("/register") view=Register />
                    <Route path=path!("/invitations/:token") view=Invitation />
                    <ParentRoute path=path!("") view=Layout>
                        <Route path=path!("/integrations") view=Integrations />
                        <Route path=path!("/integrations/connect/:slug") view=Connect />
                        <Route path=path!("/integrations/:id") view=ConnectionPage />
                        <Route path=path!("/integrations/:id/disconnect") view=Disconnect />
                        <Route path=path!("/integrations/:id/reconnect") view=Reconnect />
                        <Route path=path!("/integrations/:id/settings") view=SettingsPage />
                        <Route path=path!("/integrations/:id/dry-run") view=DryRunPage />
                        <Route path=path!("/contracts") view=Contracts />
                        <Route path=path!("/contracts/by-opportunity/:opportunity") view=ContractOfOpportunity />
                        <Route path=path!("/contracts/:id") view=ContractPage />
                        <Route path=path!("/contracts/:id/compare") view=Compare />
                        <Route path=path!("/account") view=Account />
                        <Route path=path!("/unfinished") view=UnfinishedPage />
                        <Route path=path!("/team") view=Team />
                        <Route path=path!("/settings/tokens") view=Tokens />
                        <Route path=path!("/settings/audit") view=Audit />
                    </ParentRoute>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The routes, for the server's router.
pub fn routes() -> Vec<AxumRouteListing> {
    leptos_axum::generate_route_list(App)
}

#[cfg(test)]
mod tests {
    use super::routes;
    use leptos_router::SsrMode;

    #[test]
    fn every_page_is_complete_before_its_first_byte() {
        let routes = routes();
        let paths: Vec<&str> = routes.iter().map(|route| route.path()).collect();
        for path in ["/login", "/integrations", "/integrations/{id}", "/contracts/{id}", "/settings/tokens"] {
            assert!(paths.contains(&path), "{path} is missing in {paths:?}");
        }
        assert!(routes.iter().all(|route| *route.mode() == SsrMode::Async));
    }
}
