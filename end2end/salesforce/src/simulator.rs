use crate::clock::Clock;
use crate::options::Options;
use crate::state::organization::{Environment, Organization};
use crate::{control, listener, oauth, other_crms, page, rest};
use axum::Router;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A production organization and a sandbox organization. Each listens on its own port. Dropping the simulator stops both.
#[derive(Debug)]
pub struct Simulator {
    organizations: Organizations,
    tasks: Vec<JoinHandle<()>>,
}

#[derive(Clone, Debug)]
pub struct Organizations {
    pub production: Arc<Organization>,
    pub sandbox: Arc<Organization>,
}

impl Simulator {
    pub async fn start(options: Options) -> io::Result<Self> {
        // Fails only if the process has already installed a crypto provider. That provider is then used.
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(io::Error::other)?;
        let production = TcpListener::bind(options.listen).await?;
        let sandbox = TcpListener::bind(options.sandbox_listen).await?;
        let numbers = Arc::new(AtomicU64::new(0));
        let organization = |environment, address: SocketAddr| {
            let url = format!("http://{address}");
            Arc::new(Organization::new(environment, url, options.clone(), http.clone(), Arc::clone(&numbers)))
        };
        let organizations = Organizations {
            production: organization(Environment::Production, production.local_addr()?),
            sandbox: organization(Environment::Sandbox, sandbox.local_addr()?),
        };
        let tasks =
            [(production, &organizations.production), (sandbox, &organizations.sandbox)].map(|(listener, organization)| {
                let router = router(&organizations, organization);
                tokio::spawn(listener::serve(listener, router, Arc::clone(organization)))
            });
        Ok(Simulator { organizations, tasks: tasks.into() })
    }

    /// URL of the production organization, without a trailing slash.
    pub fn production_url(&self) -> &str {
        &self.organizations.production.url
    }

    pub fn sandbox_url(&self) -> &str {
        &self.organizations.sandbox.url
    }

    pub fn production(&self) -> &Arc<Organization> {
        &self.organizations.production
    }

    pub fn sandbox(&self) -> &Arc<Organization> {
        &self.organizations.sandbox
    }

    pub fn clock(&self) -> &Clock {
        &self.organizations.production.options.clock
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn router(organizations: &Organizations, organization: &Arc<Organization>) -> Router {
    Router::new()
        .merge(oauth::routes::routes())
        .merge(rest::routes::routes(Arc::clone(organization)))
        .merge(other_crms::routes())
        .merge(page::routes::routes())
        .with_state(Arc::clone(organization))
        .merge(control::routes::routes(organizations, organization))
}
