//! The two organizations and their listeners.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::options::Options;
use crate::state::organization::{Environment, Organization};
use crate::{control, listener, oauth, other_crms, page, rest};

/// A production organization and a sandbox, each on its own port; both end when this is dropped.
#[derive(Debug)]
pub struct Simulator {
    world: World,
    tasks: Vec<JoinHandle<()>>,
}

/// Both organizations.
#[derive(Clone, Debug)]
pub struct World {
    /// What login.salesforce.com would serve.
    pub production: Arc<Organization>,
    /// What test.salesforce.com would serve.
    pub sandbox: Arc<Organization>,
}

impl Simulator {
    /// Binds both listeners and serves them until the simulator is dropped.
    pub async fn start(options: Options) -> io::Result<Self> {
        // Fails only when another provider is installed already, which serves as well.
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
        let world = World {
            production: organization(Environment::Production, production.local_addr()?),
            sandbox: organization(Environment::Sandbox, sandbox.local_addr()?),
        };
        let tasks = [(production, &world.production), (sandbox, &world.sandbox)].map(|(listener, organization)| {
            let router = router(&world, organization);
            tokio::spawn(listener::serve(listener, router, Arc::clone(organization)))
        });
        Ok(Simulator { world, tasks: tasks.into() })
    }

    /// The production organization's address, without a slash at the end.
    pub fn production_url(&self) -> &str {
        &self.world.production.url
    }

    /// The sandbox's address, without a slash at the end.
    pub fn sandbox_url(&self) -> &str {
        &self.world.sandbox.url
    }

    /// The production organization, to look into and to change.
    pub fn production(&self) -> &Arc<Organization> {
        &self.world.production
    }

    /// The sandbox, to look into and to change.
    pub fn sandbox(&self) -> &Arc<Organization> {
        &self.world.sandbox
    }

    /// The time of both organizations.
    pub fn clock(&self) -> &Clock {
        &self.world.production.options.clock
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn router(world: &World, organization: &Arc<Organization>) -> Router {
    Router::new()
        .merge(oauth::routes::routes())
        .merge(rest::routes::routes(Arc::clone(organization)))
        .merge(other_crms::routes())
        .merge(page::routes::routes())
        .with_state(Arc::clone(organization))
        .merge(control::routes::routes(world, organization))
}
