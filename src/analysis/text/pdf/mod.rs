//! PDF: pages in reading order by `pdf-inspector`, checked beforehand for bombs and for what a reader does not see.

mod lines;
mod paint;
mod read;
mod size;
#[cfg(test)]
mod tests;
mod unseen;

pub use read::read;
