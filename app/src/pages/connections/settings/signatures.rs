use crate::pages::prelude::*;
use lexicontract::domain::connection::SignatureRule;

/// The value, the label and the explanation of a signature rule.
fn signature_option(rule: Option<SignatureRule>) -> (&'static str, &'static str, &'static str) {
    match rule {
        None => ("off", "No signature", "Calls are authenticated only by the secret."),
        Some(SignatureRule::Optional) => (
            "optional",
            "Optional signature",
            "Calls from the setup package are signed. Calls without a valid signature are still accepted. The Webhook card \
             shows when the last signed call arrived.",
        ),
        Some(SignatureRule::Required) => (
            "required",
            "Required signature",
            "Protects calls against modification and replay. Calls without a valid signature are rejected.",
        ),
    }
}

pub(super) fn signature_text(rule: Option<SignatureRule>) -> &'static str {
    let (_, label, _) = signature_option(rule);
    label
}

pub(super) fn signatures(rule: Option<SignatureRule>) -> AnyView {
    let (chosen, ..) = signature_option(rule);
    let options = [None, Some(SignatureRule::Optional), Some(SignatureRule::Required)].map(signature_option);
    radios("settings[webhook_signature]", "Call signatures", options, chosen)
}
