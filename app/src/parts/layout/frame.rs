use crate::parts::{Icon, icon};
use leptos::prelude::*;

pub struct NavItem {
    pub address: &'static str,
    pub label: &'static str,
    pub icon: Icon,
    pub is_current: bool,
}

pub struct SignedInUser {
    pub name: String,
    pub email: String,
    pub role: &'static str,
    pub organization: String,
}

pub fn sidebar(items: Vec<NavItem>, menu: impl IntoView + 'static) -> AnyView {
    any_view! {
        <div data-screen-only="" class="border-b border-line bg-raised lg:w-60 lg:shrink-0 lg:border-r lg:border-b-0">
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 lg:sticky lg:top-0 lg:h-dvh lg:flex-col lg:flex-nowrap lg:items-stretch lg:gap-6 lg:overflow-y-auto lg:px-3 lg:py-5">
                <div class="lg:px-3">{brand()}</div>
                <nav aria-label="Main" class="order-last -mx-2 flex w-[calc(100%+1rem)] flex-wrap lg:order-none lg:-mx-1 lg:w-auto lg:flex-col lg:gap-1 lg:p-1">
                    {items.into_iter().map(nav_item).collect_view()}
                </nav>
                <div class="ml-auto flex items-center lg:mt-auto lg:ml-0 lg:flex-col lg:items-stretch">{menu}</div>
            </div>
        </div>
    }
}

fn nav_item(item: NavItem) -> AnyView {
    any_view! {
        <a
            href=item.address
            aria-current=item.is_current.then_some("page")
            class="flex min-h-10 items-center gap-3 rounded-md px-2 text-sm sm:px-3 font-medium whitespace-nowrap text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
        >
            <span class="hidden sm:inline">{icon(item.icon)}</span>
            {item.label}
        </a>
    }
}

pub fn brand() -> AnyView {
    any_view! {
        <a href="/integrations" class="inline-flex min-h-10 items-center gap-2 rounded-md font-semibold tracking-tight">
            <img src="/favicon.svg" alt="" width="24" height="24" class="size-6" />
            "LexiContract"
        </a>
    }
}

pub fn user_menu(user: SignedInUser, theme: impl IntoView + 'static) -> AnyView {
    let organization = user.organization.clone();
    any_view! {
        <details data-menu="" class="group relative lg:static">
            <summary class="flex min-h-10 list-none items-center gap-3 rounded-md px-2 py-2 hover:bg-sunken lg:px-3">
                <span aria-hidden="true" class="inline-flex size-8 shrink-0 items-center justify-center rounded-full bg-accent-soft text-sm font-semibold text-accent">
                    {user.name.chars().next().map(|letter| letter.to_uppercase().to_string())}
                </span>
                <span class="sr-only lg:not-sr-only lg:flex lg:min-w-0 lg:flex-1 lg:flex-col lg:text-left">
                    <span class="truncate text-sm font-medium">{user.organization}</span>
                    <span class="truncate text-xs text-muted">{user.name}</span>
                </span>
                <span class="text-muted transition-transform group-open:rotate-90">{icon(Icon::CHEVRON)}</span>
            </summary>
            <div class="absolute right-0 z-10 flex w-60 flex-col gap-3 rounded-md border border-line bg-raised p-3 shadow-dialog lg:static lg:w-auto lg:border-0 lg:px-3 lg:pb-1 lg:shadow-none">
                <p class="text-xs break-words text-muted">
                    <span class="font-medium text-ink lg:hidden">{organization} <br /></span>
                    {user.email} <br /> {user.role}
                </p>
                <a href="/account" class="inline-flex min-h-10 items-center gap-2 rounded-md text-sm font-medium text-accent hover:underline">
                    {icon(Icon::PERSON)}
                    "Your account"
                </a>
                {theme}
            </div>
        </details>
        <form method="post" action="/actions/sign_out" class="lg:px-1">
            <button
                type="submit"
                class="inline-flex min-h-10 w-full items-center rounded-md px-2 text-sm font-medium text-muted hover:bg-sunken hover:text-ink"
            >
                "Sign out"
            </button>
        </form>
    }
}

/// Buttons for choosing the appearance. Each choice has a value, a label, and a flag that is true if the choice is selected.
pub fn theme_switch(choices: Vec<(&'static str, &'static str, bool)>, next: String) -> AnyView {
    let buttons = choices.into_iter().map(|(value, label, is_chosen)| {
        view! {
            <button
                type="submit"
                name="theme"
                value=value
                aria-pressed=if is_chosen { "true" } else { "false" }
                class="min-h-10 flex-1 rounded-sm px-2 text-xs font-medium text-muted hover:bg-sunken aria-pressed:bg-accent-soft aria-pressed:text-accent"
            >
                {label}
            </button>
        }
    });
    any_view! {
        <form method="post" action="/actions/set_theme">
            <fieldset>
                <legend class="mb-1 text-xs text-muted">"Appearance"</legend>
                <div class="flex gap-1 rounded-md border border-line p-1">{buttons.collect_view()}</div>
            </fieldset>
            <input type="hidden" name="next" value=next />
        </form>
    }
}

pub fn page_frame(side: impl IntoView + 'static, content: impl IntoView + 'static) -> AnyView {
    any_view! {
        {skip_link()}
        <div class="flex min-h-dvh flex-col lg:flex-row">
            {side} <main id="main" tabindex="-1" class="min-w-0 flex-1 px-4 py-6 outline-none sm:px-8 sm:py-8">
                <div class="mx-auto flex max-w-6xl flex-col gap-6">{content}</div>
            </main>
        </div>
    }
}

/// A page without navigation, such as the sign-in page. `foot` is shown below the content.
pub fn centered_page(content: impl IntoView + 'static, foot: impl IntoView + 'static) -> AnyView {
    any_view! {
        {skip_link()}
        <div class="flex min-h-dvh flex-col items-center px-4 py-8 sm:py-16">
            <div class="mb-6">{brand()}</div>
            <main id="main" tabindex="-1" class="flex w-full max-w-md flex-col gap-6 outline-none">
                {content}
            </main>
            <div data-screen-only="" class="mt-6 w-full max-w-56 text-center empty:hidden">{foot}</div>
        </div>
    }
}

pub fn panel(title: impl Into<String>, lead: impl Into<String>, content: impl IntoView + 'static) -> AnyView {
    let (title, lead): (String, String) = (title.into(), lead.into());
    any_view! {
        <div class="flex flex-col gap-6 rounded-lg border border-line bg-raised p-5 shadow-card sm:p-8">
            <div class="flex flex-col gap-1">
                <h1 class="text-xl font-semibold tracking-tight">{title}</h1>
                <p class="text-muted empty:hidden">{lead}</p>
            </div>
            {content}
        </div>
    }
}

fn skip_link() -> AnyView {
    any_view! {
        <a
            href="#main"
            class="sr-only rounded-md bg-raised px-4 py-2 font-medium text-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-10"
        >
            "Skip to content"
        </a>
    }
}
