pub mod api_tokens;
pub mod invitations;
pub mod organization_usage;
pub mod organizations;
pub mod users;
