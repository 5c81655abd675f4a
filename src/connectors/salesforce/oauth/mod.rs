pub(super) mod guide;
pub(super) mod identity;
pub(super) mod login;
pub(super) mod messages;
