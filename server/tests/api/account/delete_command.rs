//! The command `delete-organization`.

use crate::support::program::Setting;
use std::process::Stdio;
use test_support::databases::on_every_database;
use tokio::io::AsyncWriteExt;

/// Runs the command with a line on standard input. Returns its status and its output.
async fn run(setting: &Setting, arguments: &[&str], line: &str) -> (i32, String) {
    let mut command = setting.program(&[("RUST_LOG", "off")]);
    let mut child = command.args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{line}\n").as_bytes()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[tokio::test]
async fn organization_is_deleted_after_its_name_is_typed() {
    on_every_database(async |opened| {
        let setting = Setting::new(&opened);
        let user = ["create-user", "--organization", "Acme", "--email", "ada@example.com", "--name", "Ada", "--role", "admin"];
        let (status, output) = run(&setting, &user, "correct horse battery").await;
        assert_eq!(status, 0, "{output}");
        let id = output.split(['(', ')']).find(|part| part.starts_with("org_")).unwrap().to_owned();
        let delete = ["delete-organization", "--organization-id", &id];
        let (status, output) = run(&setting, &delete, "acme").await;
        assert!(status == 2 && output.contains("nothing was deleted"), "{status} {output}");
        assert_eq!(opened.number("SELECT count(*) FROM users").await, 1);
        let (status, output) = run(&setting, &delete, "Acme").await;
        assert!(status == 0 && output.contains(&id), "{status} {output}");
        assert_eq!(opened.number("SELECT count(*) FROM users").await, 0);
        let (status, output) = run(&setting, &delete, "Acme").await;
        assert!(status == 2 && output.contains("no organization with this id"), "{status} {output}");
    })
    .await;
}
