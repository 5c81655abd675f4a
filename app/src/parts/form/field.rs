use leptos::prelude::*;

pub const INPUT: &str = "block min-h-10 w-full min-w-0 rounded-md border border-edge bg-raised px-3 py-1.75 text-base text-ink aria-invalid:border-danger";

#[derive(Default)]
pub struct Input {
    pub name: String,
    pub label: String,
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub value: String,
    pub placeholder: String,
    pub help: Option<AnyView>,
    pub is_required: bool,
    pub min_length: Option<u32>,
    /// A regular expression that the browser checks, and its description for users.
    pub pattern: Option<(&'static str, &'static str)>,
    /// Values that the browser suggests. The user can also enter other values.
    pub suggestions: Vec<String>,
    pub error: Option<String>,
}

impl Input {
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        let (name, label) = (name.into(), label.into());
        Self { name, label, kind: "text", autocomplete: "off", is_required: true, ..Self::default() }
    }

    pub fn email(autocomplete: &'static str) -> Self {
        Self { kind: "email", autocomplete, ..Self::text("email", "Email") }
    }

    pub fn password(autocomplete: &'static str) -> Self {
        Self { kind: "password", autocomplete, ..Self::text("password", "Password") }
    }

    #[must_use]
    pub fn help(self, help: impl IntoView + 'static) -> Self {
        Self { help: Some(help.into_any()), ..self }
    }

    pub fn view(self) -> AnyView {
        let id = format!("field-{}", self.name.replace(['[', ']'], "-"));
        let list_id = (!self.suggestions.is_empty()).then(|| format!("{id}-list"));
        let (pattern, meaning) = self.pattern.unzip();
        let is_invalid = self.error.is_some();
        let suggestions = self.suggestions.into_iter().map(|value| view! { <option value=value></option> }).collect_view();
        let input = view! {
            <input
                id=id.clone()
                class=INPUT
                type=self.kind
                name=self.name
                value=self.value
                autocomplete=self.autocomplete
                placeholder=self.placeholder
                required=self.is_required
                minlength=self.min_length
                pattern=pattern
                title=meaning
                list=list_id.clone()
                aria-invalid=is_invalid.then_some("true")
                aria-describedby=described_by(&id, is_invalid)
            />
            {error_message(&id, self.error)}
            {list_id.map(|id| view! { <datalist id=id>{suggestions}</datalist> })}
            {help_text(&id, self.help)}
        };
        labelled(id, self.label, input)
    }
}

fn labelled(id: impl Into<String>, label: impl Into<String>, control: impl IntoView + 'static) -> AnyView {
    let (id, label): (String, String) = (id.into(), label.into());
    any_view! {
        <div class="flex min-w-0 flex-col gap-1">
            <label for=id class="text-sm font-medium">
                {label}
            </label>
            {control}
        </div>
    }
}

/// The ids of the elements that describe a field: the error message, if any, and the help text.
fn described_by(id: &str, is_invalid: bool) -> String {
    if is_invalid { format!("{id}-error {id}-help") } else { format!("{id}-help") }
}

fn error_message(id: &str, error: Option<String>) -> AnyView {
    let id = format!("{id}-error");
    error.map(|error| view! { <p id=id class="text-xs font-medium text-danger">{error}</p> }).into_any()
}

fn help_text(id: &str, help: impl IntoView + 'static) -> AnyView {
    any_view! { <div id=format!("{id}-help") class="text-xs text-muted empty:hidden">{help}</div> }
}

fn options(options: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>, chosen: &str) -> AnyView {
    let options = options.into_iter().map(|(value, text)| {
        let (value, text): (String, String) = (value.into(), text.into());
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{text}</option> }
    });
    options.collect_view().into_any()
}

pub fn select(
    id: &'static str,
    name: &'static str,
    label: &'static str,
    choices: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    chosen: &str,
    help: Option<String>,
) -> AnyView {
    let choices = options(choices, chosen);
    let control = view! {
        <select id=id name=name class=INPUT aria-describedby=help.as_ref().map(|_| format!("{id}-help"))>
            {choices}
        </select>
        {help.map(|help| help_text(id, help))}
    };
    labelled(id, label, control)
}

/// A drop-down list for a table cell, with `button` beside the list. Only screen readers read `label`.
pub fn inline_select(
    id: String,
    name: &'static str,
    label: String,
    choices: impl IntoIterator<Item = (&'static str, &'static str)>,
    chosen: &str,
    button: impl IntoView + 'static,
) -> AnyView {
    let choices = options(choices, chosen);
    any_view! {
        <div class="flex items-center gap-1">
            <label for=id.clone() class="sr-only">
                {label}
            </label>
            <select id=id name=name class="min-h-10 rounded-md border border-edge bg-raised px-2 text-sm">
                {choices}
            </select>
            {button}
        </div>
    }
}

pub fn date(name: &'static str, label: &'static str, value: String) -> AnyView {
    labelled(name, label, view! { <input id=name type="date" name=name value=value class=INPUT /> })
}

pub struct FileInput {
    pub name: &'static str,
    pub label: &'static str,
    pub accept: &'static str,
    pub help: String,
    pub max_bytes: u64,
    /// The message that `enhance.js` shows if the file is larger than `max_bytes`.
    pub too_large: String,
    pub error: Option<String>,
}

impl FileInput {
    pub fn view(self) -> AnyView {
        let (name, is_invalid) = (self.name, self.error.is_some());
        let input = view! {
            <input
                id=name
                type="file"
                name=name
                accept=self.accept
                required=true
                data-most=self.max_bytes.to_string()
                data-too-large=self.too_large
                aria-invalid=is_invalid.then_some("true")
                aria-describedby=described_by(name, is_invalid)
                class="block min-h-10 w-full min-w-0 rounded-md border border-edge bg-raised text-sm aria-invalid:border-danger file:mr-3 file:min-h-10 file:border-0 file:bg-sunken file:px-4 file:font-medium file:text-ink"
            />
            {error_message(name, self.error)}
            {help_text(name, self.help)}
        };
        labelled(name, self.label, input)
    }
}

pub fn search(label: &'static str, placeholder: &'static str, value: String) -> AnyView {
    let input =
        view! { <input id="search" type="search" name="q" value=value placeholder=placeholder autocomplete="off" class=INPUT /> };
    labelled("search", label, input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markup(input: Input) -> String {
        Owner::new().with(|| input.view().to_html())
    }

    #[test]
    fn invalid_input_is_described_by_its_error_and_help() {
        let invalid = markup(Input { error: Some("It must look like ada@example.com.".to_owned()), ..Input::email("off") });
        for part in
            ["aria-invalid=\"true\"", "aria-describedby=\"field-email-error field-email-help\"", "id=\"field-email-error\""]
        {
            assert!(invalid.contains(part), "{part} is missing in {invalid}");
        }
        let valid = markup(Input::email("off"));
        assert!(!valid.contains("aria-invalid=") && valid.contains("aria-describedby=\"field-email-help\""), "{valid}");
    }
}
