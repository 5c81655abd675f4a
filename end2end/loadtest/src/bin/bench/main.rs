//! What the server costs, beside what the bare minimum costs on the same machine at the same time.

mod accepting;
mod floor;
mod memory;
mod pages;
mod pipeline;
mod setting;
mod table;

use clap::{Parser, Subcommand};
use setting::Setting;
use std::{net::SocketAddr, path::PathBuf};
use table::Table;
use loadtest::{Outcome, server::absolute};

/// Metrics a release build of the server.
#[derive(Debug, Parser)]
struct Arguments {
    /// The server's binary
    #[arg(long, default_value = "target/release/lexicontract")]
    server: PathBuf,
    /// The built front end
    #[arg(long, default_value = "target/site")]
    site: PathBuf,
    /// Where databases and files lie meanwhile: on the disk to be measured
    #[arg(long, default_value = "target")]
    folder: PathBuf,
    /// Which parts: start, latency, drain, pages, accept, memory
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    #[command(subcommand)]
    floor: Option<Floor>,
}

#[derive(Debug, Subcommand)]
enum Floor {
    /// The bare program that the server is compared with; started by the benchmark itself.
    #[command(hide = true)]
    Floor {
        /// Where to listen
        address: SocketAddr,
        /// The folder of the database and of the pages
        folder: PathBuf,
    },
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    if let Some(Floor::Floor { address, folder }) = arguments.floor {
        return floor::serve(address, &folder).await;
    }
    let folder = tempfile::tempdir_in(absolute(&arguments.folder)?)?;
    let setting =
        Setting { program: absolute(&arguments.server)?, site: absolute(&arguments.site)?, folder: folder.path().to_owned() };
    let mut table = Table::default();
    let wants = |part: &str| arguments.only.is_empty() || arguments.only.iter().any(|wanted| wanted == part);
    if wants("start") {
        pipeline::start(&setting, &mut table).await?;
    }
    if wants("latency") || wants("drain") {
        pipeline::contracts(&setting, &mut table).await?;
    }
    if wants("pages") {
        pages::measure(&setting, &mut table).await?;
    }
    if wants("accept") {
        accepting::measure(&setting, &mut table).await?;
    }
    if wants("memory") {
        memory::measure(&setting, &mut table).await?;
    }
    table.print();
    Ok(())
}
