use leptos::prelude::*;

pub fn checkbox(name: impl Into<String>, label: impl Into<String>, is_chosen: bool, help: impl IntoView + 'static) -> AnyView {
    let (name, label): (String, String) = (name.into(), label.into());
    let help_id = format!("field-{}-help", name.replace(['[', ']'], "-"));
    any_view! {
        <div class="flex flex-col gap-1">
            <label class="inline-flex min-h-10 items-center gap-2 text-sm font-medium">
                <input type="checkbox" name=name value="true" checked=is_chosen aria-describedby=help_id.clone() class="size-4 shrink-0" />
                {label}
            </label>
            <div id=help_id class="text-xs text-muted empty:hidden">
                {help}
            </div>
        </div>
    }
}

/// A group of check boxes. Each choice has a value, a label, and `true` if it is selected. Each check box has a different field
/// name, because parsers disagree on repeated names.
pub fn checkboxes(name: &str, legend: &'static str, choices: Vec<(String, String, bool)>) -> AnyView {
    let choices = choices.into_iter().enumerate().map(|(index, (value, label, is_chosen))| {
        view! {
            <label class="inline-flex min-h-10 items-center gap-2 rounded-md border border-line bg-raised px-3 text-sm has-checked:border-accent has-checked:bg-accent-soft">
                <input type="checkbox" name=format!("{name}[{index}]") value=value checked=is_chosen class="size-4 shrink-0" />
                {label}
            </label>
        }
    });
    any_view! {
        <fieldset>
            <legend class="mb-2 text-sm font-medium">{legend}</legend>
            <div class="flex flex-wrap gap-2">{choices.collect_view()}</div>
        </fieldset>
    }
}

/// Radio buttons. Each option has a value, a label and an explanation.
pub fn radios(
    name: &'static str,
    legend: &'static str,
    options: impl IntoIterator<Item = (&'static str, &'static str, &'static str)>,
    chosen: &str,
) -> AnyView {
    let options = options.into_iter().map(|(value, label, meaning)| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        meaning: meaning.into_any(),
        is_chosen: value == chosen,
        is_disabled: false,
    });
    choices(name, legend, options)
}

/// An option of [`choices`].
pub struct Choice {
    pub value: String,
    pub label: String,
    pub meaning: AnyView,
    pub is_chosen: bool,
    pub is_disabled: bool,
}

/// Radio buttons whose options depend on data.
pub fn choices(name: &'static str, legend: &'static str, options: impl IntoIterator<Item = Choice>) -> AnyView {
    let options = options.into_iter().map(|Choice { value, label, meaning, is_chosen, is_disabled }| {
        view! {
            <label class="flex gap-3 rounded-md border border-line bg-raised p-3 has-checked:border-accent has-checked:bg-accent-soft has-disabled:bg-sunken">
                <input type="radio" name=name value=value checked=is_chosen disabled=is_disabled class="mt-1 size-4 shrink-0" />
                <span class="flex min-w-0 flex-col">
                    <span class="font-medium wrap-anywhere">{label}</span>
                    <span class="flex flex-wrap gap-x-3 text-sm text-muted">{meaning}</span>
                </span>
            </label>
        }
    });
    any_view! {
        <fieldset class="flex flex-col gap-2">
            <legend class="mb-2 text-sm font-medium">{legend}</legend>
            {options.collect_view()}
        </fieldset>
    }
}
