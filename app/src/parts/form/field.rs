//! Labelled inputs.

use leptos::prelude::*;

const INPUT: &str = "block min-h-10 w-full min-w-0 rounded-md border border-edge bg-raised px-3 py-1.75 text-base text-ink aria-invalid:border-danger";

/// One input of a form.
pub struct Input {
    /// Its name in the form.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What kind of value it takes.
    pub kind: &'static str,
    /// What the browser may fill in.
    pub autocomplete: &'static str,
    /// Its value.
    pub value: String,
    /// An example.
    pub placeholder: String,
    /// What to know about it.
    pub help: AnyView,
    /// Whether it must be filled in.
    pub is_required: bool,
    /// The shortest value.
    pub min_length: Option<u32>,
    /// What a value must look like: a regular expression for the browser, and the same in words.
    pub pattern: Option<(&'static str, &'static str)>,
    /// Values to choose from; others may be typed.
    pub suggestions: Vec<String>,
    /// Why what was typed was refused.
    pub error: Option<String>,
}

impl Input {
    /// A required text.
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            kind: "text",
            autocomplete: "off",
            value: String::new(),
            placeholder: String::new(),
            help: ().into_any(),
            is_required: true,
            min_length: None,
            pattern: None,
            suggestions: Vec::new(),
            error: None,
        }
    }

    /// An e-mail address.
    pub fn email(autocomplete: &'static str) -> Self {
        Self { kind: "email", autocomplete, ..Self::text("email", "Email") }
    }

    /// A password.
    pub fn password(autocomplete: &'static str) -> Self {
        Self { kind: "password", autocomplete, ..Self::text("password", "Password") }
    }

    /// With a sentence below.
    #[must_use]
    pub fn help(mut self, help: impl IntoView + 'static) -> Self {
        self.help = help.into_any();
        self
    }

    /// The labelled input.
    pub fn view(self) -> AnyView {
        let id = format!("field-{}", self.name.replace(['[', ']'], "-"));
        let help_id = format!("{id}-help");
        let list_id = (!self.suggestions.is_empty()).then(|| format!("{id}-list"));
        let (pattern, meaning) = self.pattern.unzip();
        let (is_refused, described_by) = (self.error.is_some(), described_by(&id, self.error.is_some()));
        let error = error_of(&id, self.error);
        view! {
            <div class="flex min-w-0 flex-col gap-1">
                <label for=id.clone() class="text-sm font-medium">
                    {self.label}
                </label>
                <input
                    id=id
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
                    aria-invalid=is_refused.then_some("true")
                    aria-describedby=described_by
                />
                {error}
                {list_id.map(|id| view! { <datalist id=id>{options(self.suggestions)}</datalist> })}
                <div id=help_id class="text-xs text-muted empty:hidden">
                    {self.help}
                </div>
            </div>
        }
        .into_any()
    }
}

/// The ids of what is said about a field: what is wrong with it, and how to fill it in.
fn described_by(id: &str, is_refused: bool) -> String {
    if is_refused { format!("{id}-error {id}-help") } else { format!("{id}-help") }
}

/// What is wrong with a field, in the place that `described_by` names.
fn error_of(id: &str, words: Option<String>) -> Option<AnyView> {
    let id = format!("{id}-error");
    words.map(|words| {
        view! {
            <p id=id class="text-xs font-medium text-danger">
                {words}
            </p>
        }
        .into_any()
    })
}

fn options(values: Vec<String>) -> AnyView {
    values.into_iter().map(|value| view! { <option value=value></option> }).collect_view().into_any()
}

/// A choice in a list whose values are known only at run time.
pub fn choice(
    id: &'static str,
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
    help: AnyView,
) -> AnyView {
    let options = options
        .into_iter()
        .map(|(value, words)| {
            let is_chosen = value.eq_ignore_ascii_case(chosen);
            view! {
                <option value=value selected=is_chosen>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="flex min-w-0 flex-col gap-1">
            <label for=id class="text-sm font-medium">
                {label}
            </label>
            <select id=id name=name class=INPUT aria-describedby=format!("{id}-help")>
                {options}
            </select>
            <div id=format!("{id}-help") class="text-xs text-muted empty:hidden">
                {help}
            </div>
        </div>
    }
    .into_any()
}

/// A choice in a list that we know.
pub fn select(
    id: impl Into<String>,
    name: &'static str,
    label: impl Into<String>,
    options: Vec<(&'static str, &'static str)>,
    chosen: &str,
) -> AnyView {
    let options = options.into_iter().map(|(value, words)| (value.to_owned(), words.to_owned())).collect();
    select_of(id, name, label, options, chosen)
}

/// A choice in a list: each value with its words.
pub fn select_of(
    id: impl Into<String>,
    name: &'static str,
    label: impl Into<String>,
    options: Vec<(String, String)>,
    chosen: &str,
) -> AnyView {
    let (id, label): (String, String) = (id.into(), label.into());
    let options = options
        .into_iter()
        .map(|(value, words)| {
            let is_chosen = value == chosen;
            view! {
                <option value=value selected=is_chosen>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="flex min-w-0 flex-col gap-1">
            <label for=id.clone() class="text-sm font-medium">
                {label}
            </label>
            <select id=id name=name class=INPUT>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// A choice in a list within a table: its label is for those who cannot see the column, its button stands beside it.
pub fn inline_select(
    id: String,
    name: &'static str,
    label: String,
    options: Vec<(&'static str, &'static str)>,
    chosen: &str,
    button: AnyView,
) -> AnyView {
    let options = options
        .into_iter()
        .map(|(value, words)| {
            view! {
                <option value=value selected=value == chosen>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="flex items-center gap-1">
            <label for=id.clone() class="sr-only">
                {label}
            </label>
            <select id=id name=name class="min-h-10 rounded-md border border-edge bg-raised px-2 text-sm">
                {options}
            </select>
            {button}
        </div>
    }
    .into_any()
}

/// A day, in a form that asks for a list.
pub fn date(name: &'static str, label: &'static str, value: String) -> AnyView {
    view! {
        <div class="flex min-w-0 flex-col gap-1">
            <label for=name class="text-sm font-medium">
                {label}
            </label>
            <input id=name type="date" name=name value=value class=INPUT />
        </div>
    }
    .into_any()
}

/// A file to choose.
///
/// A browser with script refuses one of more than `most` bytes at once, before it is sent, and says `too_large`.
pub fn file(
    name: &'static str,
    label: &'static str,
    accept: &'static str,
    help: String,
    (most, too_large): (u64, String),
    error: Option<String>,
) -> AnyView {
    let (is_refused, described_by) = (error.is_some(), described_by(name, error.is_some()));
    view! {
        <div class="flex min-w-0 flex-col gap-1">
            <label for=name class="text-sm font-medium">
                {label}
            </label>
            <input
                id=name
                type="file"
                name=name
                accept=accept
                required=true
                data-most=most.to_string()
                data-too-large=too_large
                aria-invalid=is_refused.then_some("true")
                aria-describedby=described_by
                class="block min-h-10 w-full min-w-0 rounded-md border border-edge bg-raised text-sm aria-invalid:border-danger file:mr-3 file:min-h-10 file:border-0 file:bg-sunken file:px-4 file:font-medium file:text-ink"
            />
            {error_of(name, error)}
            <div id=format!("{name}-help") class="text-xs text-muted">
                {help}
            </div>
        </div>
    }
    .into_any()
}

/// Search words, in a form that asks for a list.
pub fn search(label: &'static str, placeholder: &'static str, value: String) -> AnyView {
    view! {
        <div class="flex min-w-0 flex-1 flex-col gap-1">
            <label for="search" class="text-sm font-medium">
                {label}
            </label>
            <input id="search" type="search" name="q" value=value placeholder=placeholder autocomplete="off" class=INPUT />
        </div>
    }
    .into_any()
}

/// The classes of an input, for the one that an island listens to.
pub fn input_class() -> &'static str {
    INPUT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn markup(input: Input) -> String {
        Owner::new().with(|| input.view().to_html())
    }

    #[test]
    fn a_refused_input_names_its_fault_before_its_help() {
        let refused = markup(Input { error: Some("It must look like ada@example.com.".to_owned()), ..Input::email("off") });
        for part in
            ["aria-invalid=\"true\"", "aria-describedby=\"field-email-error field-email-help\"", "id=\"field-email-error\""]
        {
            assert!(refused.contains(part), "{part} is missing in {refused}");
        }
        let plain = markup(Input::email("off"));
        assert!(!plain.contains("aria-invalid=") && plain.contains("aria-describedby=\"field-email-help\""), "{plain}");
    }
}
