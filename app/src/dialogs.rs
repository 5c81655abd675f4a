//! What opens a dialog: a few lines in the document, not an island, so that it works before WebAssembly has arrived, or without it.

/// Opens the dialog in the template that a click names, in place of following the link or sending the form. The dialog is made
/// anew each time and removed when it closes, so what it holds is in the document only while it is seen.
pub(crate) const OPEN: &str = r#"addEventListener("click", (event) => {
  const from = event.target.closest?.("[data-dialog]");
  const template = from && document.getElementById(from.dataset.dialog);
  if (!template || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = template.content.firstElementChild.cloneNode(true);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
});
"#;
