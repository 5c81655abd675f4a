//! Who is calling, as pages and handlers see it.

use lexicontract::services::Actor;

/// The actor behind a request; `None` for a stranger.
#[derive(Clone, Debug)]
pub struct Visitor(pub Option<Actor>);
