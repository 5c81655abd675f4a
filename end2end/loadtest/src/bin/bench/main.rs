//! Benchmark that compares the server with a minimal baseline server.

mod accepting;
mod floor;
mod memory;
mod pages;
mod pipeline;
mod setting;
mod table;

use clap::{Parser, Subcommand};
use loadtest::Outcome;
use loadtest::server::absolute;
use setting::Setting;
use std::net::SocketAddr;
use std::path::PathBuf;
use table::Table;

/// Measures a release build of the server.
#[derive(Debug, Parser)]
struct Arguments {
    /// Path of the server binary
    #[arg(long, default_value = "target/release/lexicontract")]
    server: PathBuf,
    /// Folder of the built front end
    #[arg(long, default_value = "target/site")]
    site: PathBuf,
    /// Folder for databases and files. The speed of its disk affects the results
    #[arg(long, default_value = "target")]
    folder: PathBuf,
    /// Parts to run, separated by commas: start, latency, drain, pages, accept, memory. By default all parts run
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    #[command(subcommand)]
    floor: Option<Floor>,
}

#[derive(Debug, Subcommand)]
enum Floor {
    /// Runs the minimal axum and sqlx server that is the baseline. The benchmark starts this command itself.
    #[command(hide = true)]
    Floor {
        /// Address to listen on
        address: SocketAddr,
        /// Folder for the database and the files to serve
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
