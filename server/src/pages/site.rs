//! Finds the built front end. The paths are absolute, so that the server can be started from any folder.

use leptos::config::LeptosOptions;
use lexicontract::config::Config;
use std::path::{Path, PathBuf};

const OUTPUT_NAME: &str = "lexicontract";
/// File in which cargo-leptos stores the hashes of file names.
const HASH_FILE: &str = "hash.txt";

pub fn leptos_options(config: &Config) -> LeptosOptions {
    let program_folder = program_folder();
    let site_root = site_root(&config.site_root, program_folder.as_deref());
    let hash_file = hash_file(&site_root, program_folder.as_deref());
    LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(&*site_root.to_string_lossy())
        .site_pkg_dir("pkg")
        .site_addr(config.listen)
        .env(leptos::config::Env::PROD)
        .hash_files(hash_file.is_some())
        .hash_file(std::sync::Arc::from(&*hash_file.unwrap_or_default().to_string_lossy()))
        .build()
}

fn program_folder() -> Option<PathBuf> {
    std::env::current_exe().ok().and_then(|program| Some(program.parent()?.to_owned()))
}

/// Returns the configured folder. If it does not exist, returns the folder of the build (`target/site` next to `target/release`).
fn site_root(configured: &Path, program_folder: Option<&Path>) -> PathBuf {
    let absolute = std::path::absolute(configured).unwrap_or_else(|_| configured.to_owned());
    let built = program_folder.and_then(Path::parent).map(|target| target.join("site"));
    match built {
        Some(built) if !absolute.is_dir() && built.is_dir() => built,
        _ => absolute,
    }
}

/// Finds the file next to the binary, next to the site folder, or in the site folder.
fn hash_file(site_root: &Path, program_folder: Option<&Path>) -> Option<PathBuf> {
    let folders = [program_folder, site_root.parent(), Some(site_root)];
    folders.into_iter().flatten().map(|folder| folder.join(HASH_FILE)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_finds_its_site_from_any_folder() {
        let target = tempfile::tempdir().unwrap();
        let release = target.path().join("release");
        std::fs::create_dir_all(target.path().join("site")).unwrap();
        std::fs::create_dir_all(&release).unwrap();
        assert_eq!(site_root(Path::new("no/such/site"), Some(&release)), target.path().join("site"));
        assert!(site_root(Path::new("no/such/site"), None).is_absolute());
    }

    #[test]
    fn the_hashes_are_found_next_to_the_binary() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(hash_file(Path::new("/nowhere/site"), Some(folder.path())), None);
        std::fs::write(folder.path().join(HASH_FILE), "js: x").unwrap();
        assert_eq!(hash_file(Path::new("/nowhere/site"), Some(folder.path())), Some(folder.path().join(HASH_FILE)));
    }
}
