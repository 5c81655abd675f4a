/// Declares static regular expressions, each of which is compiled at first use.
macro_rules! patterns {
    ($($(#[$attribute:meta])* $name:ident = $pattern:expr;)+) => {$(
        $(#[$attribute])*
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("constant patterns compile"));
    )+};
}

pub(crate) use patterns;
