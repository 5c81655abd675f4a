//! What a page says after something was done: a code in the address here, too.

/// The sentence for the `done` code of an address; unknown codes say nothing.
pub fn sentence(code: &str) -> Option<&'static str> {
    Some(match code {
        "disconnected" => {
            "Disconnected. The stored credentials are erased. Your contracts are still here. The receipt below says the rest."
        }
        "connection_changed" => "The connection’s settings are saved, and the connection was tested with them.",
        "tested" => "The connection was tested. The findings are below.",
        "switched_off" => {
            "Paused. Calls from the provider are refused and nothing is written back until an admin resumes the connection."
        }
        "switched_on" => "Resumed. Calls are accepted, and what waited goes on.",
        "redelivered" => "The delivery runs again from its first attempt. Its row below shows how it goes.",
        "secret_made" => "A new webhook secret is made. Copy it now: it is not shown again.",
        "secret_ended" => "The previous webhook secret no longer works. Calls that carry it are refused.",
        "status_saved" => "The negotiation status is saved.",
        "sync_retried" => "The status is being written again. The sync state below shows how it goes.",
        "analysis_retried" => "The document is being analysed again. The results appear here by themselves.",
        "password_changed" => "The password is changed. You are signed out everywhere else, and your API tokens no longer work.",
        "password_changed_tokens_kept" => {
            "The password is changed. You are signed out everywhere else. Your API tokens keep working until they expire or you revoke them."
        }
        "session_ended" => "That session has ended. Whoever used it is signed out.",
        "signed_out_everywhere" => {
            "You are signed out everywhere. Your API tokens keep working; revoke them on the page API tokens."
        }
        "invited_again" => {
            "A new invitation is ready, and the old one no longer works. Hand over the address: it is not shown again."
        }
        "discarded" => "What was not sent is discarded.",
        "uploaded" => "The document is stored. The result of its analysis appears below.",
        "user_invited" => "The invitation is ready. Hand over the address below: it is not shown again.",
        "user_changed" => {
            "The change is saved. A new role ends the person’s sessions. A disabled account ends sessions and API tokens."
        }
        "user_removed" => "The person is removed, with all sessions and API tokens.",
        "token_created" => "The token is created. Copy it now: it is not shown again.",
        "organization_changed" => "The name of the organization is changed.",
        "llm_switched_on" => "The language model is switched on. It is used from the next analysis on.",
        "llm_switched_off" => "The language model is switched off. No more texts are sent to it.",
        "token_revoked" => "The token is revoked. Programs that use it are refused from now on.",
        "signed_out" => "You are signed out.",
        _ => return None,
    })
}
