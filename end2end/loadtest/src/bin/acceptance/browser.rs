//! Opens a connect link and gives consent, as a person does in a browser. Used with the simulator.

use loadtest::Outcome;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

/// Returns the page on which the visit ends.
pub async fn consent(link: &str) -> Outcome<String> {
    let client = Client::builder().redirect(Policy::none()).build()?;
    let link = Url::parse(link)?;
    let token = link.path().rsplit('/').next().unwrap_or_default();
    let visited = client.get(link.clone()).send().await?.error_for_status()?;
    let cookie = cookies(&visited);
    let start = client.post(link.join("/actions/start_connect_link")?).form(&[("token", token)]);
    let started = start.header("cookie", &cookie).header("sec-fetch-site", "same-origin").send().await?;
    let cookie = [cookie, cookies(&started)].join("; ");
    let consent = location(&started, &link)?;
    let mut parameters: Vec<(String, String)> = consent.query_pairs().into_owned().collect();
    parameters.push(("decision".to_owned(), "allow".to_owned()));
    let mut page = consent.clone();
    page.set_query(None);
    let allowed = client.post(page).form(&parameters).send().await?;
    let mut next = location(&allowed, &consent)?;
    loop {
        let answer = client.get(next.clone()).header("cookie", &cookie).send().await?;
        if !answer.status().is_redirection() {
            return Ok(answer.error_for_status()?.text().await?);
        }
        next = location(&answer, &next)?;
    }
}

fn cookies(answer: &Response) -> String {
    let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    cookies.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}

fn location(answer: &Response, base: &Url) -> Outcome<Url> {
    let location = answer.headers().get("location").and_then(|location| location.to_str().ok());
    Ok(base.join(location.ok_or_else(|| format!("{base}: {} without a redirect", answer.status()))?)?)
}
