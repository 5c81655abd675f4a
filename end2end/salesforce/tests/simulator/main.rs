//! Tests of the simulator over HTTP.

mod authorization;
mod clock;
mod content_versions;
mod data;
#[cfg(test)]
mod faults;
mod files;
mod other_crms;
#[cfg(test)]
mod outbound;
#[cfg(test)]
mod polling;
#[cfg(test)]
mod support;
mod tokens;
#[cfg(test)]
mod trigger;
mod wire;
