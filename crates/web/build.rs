//! Puts the console into `$OUT_DIR/ui`, from where `src/embedded.rs` embeds it.
//!
//! `MC_UI` chooses how: `build` runs npm in `web/`, `skip` writes one page that says how to get the console, anything
//! else is the path of a console that was built elsewhere. Without it, release builds `build` and debug builds `skip`,
//! so that `cargo check`, clippy and editors never run npm.
#![expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script everything through its environment"
)]

use std::{
    env,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::SystemTime,
};

/// The pages of a build without the console.
const SKIPPED: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Mission Control</title>\
<p>This build carries no console: build with <code>cargo build --release</code>, or set <code>MC_UI=build</code>, \
or set <code>MC_UI</code> to the path of a built <code>web/dist</code>.</p></html>\n";

/// What lies in `web/` and has no part in the built console: a change there must not rebuild it.
const NOT_SOURCES: &[&str] = &[
    "node_modules",
    "dist",
    "e2e",
    "test-results",
    "playwright-report",
    "playwright.config.ts",
    "gallery",
    "gallery.config.ts",
    "coverage",
    "biome.json",
    "README.md",
];

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=MC_UI");
    match provide() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo::error={message}");
            ExitCode::FAILURE
        }
    }
}

fn provide() -> Result<(), String> {
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|e| format!("OUT_DIR: {e}"))?).join("ui");
    let wanted = match env::var("MC_UI") {
        Ok(value) if !value.trim().is_empty() => value.trim().to_owned(),
        _ if env::var("PROFILE").is_ok_and(|profile| profile == "release") => "build".to_owned(),
        _ => "skip".to_owned(),
    };
    println!("cargo::rustc-env=MC_UI_EMBEDDED={}", wanted != "skip");
    fill(&wanted, &out)?;
    drop_plain(&out).map_err(|e| format!("{}: {e}", out.display()))
}

/// Puts the pages into `out`.
fn fill(wanted: &str, out: &Path) -> Result<(), String> {
    match wanted {
        "skip" => skip(out),
        "build" => {
            let manifest = env::var("CARGO_MANIFEST_DIR").map_err(|e| format!("CARGO_MANIFEST_DIR: {e}"))?;
            build(&Path::new(&manifest).join("../../web"), out)
        }
        path => take(Path::new(path), out),
    }
}

/// Writes the page that says how to get the console.
fn skip(out: &Path) -> Result<(), String> {
    emptied(out)?;
    for page in ["index.html", "docs/index.html"] {
        let page = out.join(page);
        page.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&page, SKIPPED))
            .map_err(|e| format!("{}: {e}", page.display()))?;
    }
    Ok(())
}

/// Copies a console that was built elsewhere.
fn take(from: &Path, out: &Path) -> Result<(), String> {
    if !from.is_absolute() || !from.join("index.html").is_file() {
        return Err(format!(
            "MC_UI={}: not `build`, not `skip`, and not the absolute path of a folder with an index.html",
            from.display()
        ));
    }
    println!("cargo::rerun-if-changed={}", from.display());
    emptied(out)?;
    copy(from, out).map_err(|e| format!("MC_UI={}: {e}", from.display()))
}

/// Builds the console with npm.
fn build(web: &Path, out: &Path) -> Result<(), String> {
    if !web.join("package.json").is_file() {
        return Err(format!(
            "{} has no package.json, so the console cannot be built; restore the folder or set MC_UI=skip",
            web.display()
        ));
    }
    let entries = fs::read_dir(web).map_err(|e| format!("{}: {e}", web.display()))?;
    for entry in entries {
        let entry = entry.map_err(|e| format!("{}: {e}", web.display()))?;
        let name = entry.file_name();
        if !is_source(&name) {
            continue;
        }
        println!("cargo::rerun-if-changed={}", entry.path().display());
    }
    if modules_are_stale(web) {
        npm(web, &[OsStr::new("ci"), OsStr::new("--no-audit"), OsStr::new("--no-fund")])?;
    }
    emptied(out)?;
    let arguments = ["run", "build", "--", "--emptyOutDir", "--outDir"].map(OsStr::new);
    npm(web, &[&arguments[..], &[out.as_os_str()]].concat())?;
    if out.join("index.html").is_file() {
        Ok(())
    } else {
        Err(format!("`npm run build` in {} left no index.html in {}", web.display(), out.display()))
    }
}

fn is_source(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    !name.starts_with('.') && !NOT_SOURCES.contains(&name.as_ref()) && !name.starts_with("vitest.")
}

/// Whether the lock file changed after the last install. npm writes `node_modules/.package-lock.json` at its end.
fn modules_are_stale(web: &Path) -> bool {
    let changed = |path: &str| -> io::Result<SystemTime> { fs::metadata(web.join(path))?.modified() };
    match (changed("package-lock.json"), changed("node_modules/.package-lock.json")) {
        (Ok(locked), Ok(installed)) => installed < locked,
        _ => true,
    }
}

fn npm(web: &Path, arguments: &[&OsStr]) -> Result<(), String> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(npm).args(arguments).current_dir(web).output().map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => {
            "npm was not found, and a release build needs it for the console: install Node.js \
             20.19 or newer, or set MC_UI to `skip` or to the path of a built web/dist"
                .to_owned()
        }
        _ => format!("npm: {e}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    // One directive is one line, so each line of npm's own words becomes its own error.
    for line in
        String::from_utf8_lossy(&output.stdout).lines().chain(String::from_utf8_lossy(&output.stderr).lines())
    {
        println!("cargo::error={line}");
    }
    let command: Vec<_> = arguments.iter().map(|a| a.to_string_lossy()).collect();
    Err(format!("`npm {}` failed in {} ({})", command.join(" "), web.display(), output.status))
}

/// Removes each file that lies there as gzip too: the server unpacks it for the few who want it plain, and the executable
/// is some megabytes smaller.
fn drop_plain(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            drop_plain(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "gz") {
            match fs::remove_file(path.with_extension("")) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
    }
    Ok(())
}

fn emptied(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(format!("{}: {e}", folder.display())),
        _ => {}
    }
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
