/// The message after a completed action, by its code in the query parameter `done`. `None` for an unknown code.
pub fn message(code: &str) -> Option<&'static str> {
    of_contract(code).or_else(|| of_connection_or_account(code))
}

fn of_contract(code: &str) -> Option<&'static str> {
    Some(match code {
        "status_saved" => "The negotiation status has been saved.",
        "sync_retried" => "The status is being written again. The write-back state shows the progress.",
        "filing_requested" => "The version is being filed. The list of versions shows the progress.",
        "file_chosen" => {
            "The file is being imported and appears here as the next version. If it can’t be imported, the timeline shows why."
        }
        "title_saved" => "The title has been saved.",
        "contract_linked" => "The contract is linked to the deal. The write-back state shows whether the status is written.",
        "contract_unlinked" => "The contract is no longer linked to a deal. The deal keeps the last status that was written.",
        "version_uploaded" => "The new version has been stored. The result of its analysis appears on this page.",
        "version_unchanged" => "The latest version has the same content, so nothing was stored.",
        "contract_erased" => "The contract has been erased. See the receipt for details.",
        "notice_dismissed" => "The notice has been dismissed. The timeline shows who dismissed it.",
        "analysis_retried" => "The document is being analysed again. The results appear here automatically.",
        "uploaded" => "The document has been stored. The result of its analysis appears on this page.",
        _ => return None,
    })
}

fn of_connection_or_account(code: &str) -> Option<&'static str> {
    Some(match code {
        "disconnected" => {
            "Disconnected. The stored credentials were erased, and your contracts were kept. See the receipt for details."
        }
        "connection_changed" => "The settings have been saved. See the test result on this page.",
        "tested" => "The connection was tested. See the test result on this page.",
        "switched_off" => {
            "Paused. Until an admin resumes the connection, calls from the provider are rejected, changes are not polled, and \
             nothing is written back."
        }
        "switched_on" => "Resumed. Calls are accepted again, and queued work resumes immediately.",
        "backlog_imported" => "The import has started. The recent deliveries show its progress.",
        "redelivered" => "The delivery runs again from the first attempt. Its row shows the progress.",
        "redelivered_failed" => "The failed deliveries run again from the first attempt. Their rows show the progress.",
        "secret_made" => "The webhook secret has been created. Copy it now; it won’t be shown again.",
        "outbound_secret_made" => "The endpoint URL has been created. Copy it now; it won’t be shown again.",
        "secret_ended" => "The previous webhook secret no longer works. Calls with it are rejected.",
        "outbound_secret_ended" => "The previous endpoint URL no longer works. Messages to it are rejected.",
        "connect_link_created" => "The connect link has been created. Copy it now; it won’t be shown again.",
        "connect_link_revoked" => "The connect link has been revoked, and no longer works.",
        "organization_deleted" => {
            "The organization has been deleted. Everyone is signed out, and its access at the providers is being revoked."
        }
        "password_changed" => {
            "Your password has been changed. You are signed out on all other devices, and your API tokens no longer work."
        }
        "password_changed_tokens_kept" => {
            "Your password has been changed. You are signed out on all other devices. Your API tokens keep working until they \
             expire or you revoke them."
        }
        "session_ended" => "The session has been ended, and its browser is signed out.",
        "signed_out_everywhere" => {
            "You are signed out everywhere. Your API tokens keep working; you can revoke them on the API tokens page."
        }
        "invited_again" => {
            "The new invitation is ready, and the old one no longer works. Send the invitation link to the user; it won’t be \
             shown again."
        }
        "user_invited" => "The invitation is ready. Send the invitation link to the user; it won’t be shown again.",
        "user_changed" => {
            "The change has been saved. Changing the role ends the user’s sessions. Disabling an account ends its sessions and \
             revokes its API tokens."
        }
        "user_removed" => "The user has been removed, with all sessions and API tokens.",
        "token_created" => "The token has been created. Copy it now; it won’t be shown again.",
        "organization_changed" => "The name of the organization has been saved.",
        "llm_switched_on" => "The language model is switched on, starting with the next analysis.",
        "llm_switched_off" => "The language model is switched off. No more texts are sent to it.",
        "token_revoked" => "The token has been revoked. Requests with it are rejected.",
        "signed_out" => "You are signed out.",
        _ => return None,
    })
}
