mod button;
mod confirm;
mod copy;
mod dialog;
mod disconnect;
mod field;
mod options;

pub use button::*;
pub use confirm::*;
pub use copy::*;
pub use dialog::*;
pub use disconnect::*;
pub use field::*;
pub use options::*;
