//! RTF reader. It reads the file once, without recursion, and keeps the state of the open groups in a bounded stack.

mod charset;
mod colors;
mod destination;
mod fonts;
mod output;
mod read;
mod shading;
mod state;
mod tables;
#[cfg(test)]
mod tests;
mod token;
mod words;

pub use read::read;
