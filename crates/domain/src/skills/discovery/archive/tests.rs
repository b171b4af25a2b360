use serde_json::json;

use super::*;
use crate::skills::{PackUrl, testing::Repository};

fn origin() -> Origin {
    Origin { pack: PackUrl::parse("https://github.com/o/r").unwrap(), branch: "main".into() }
}

fn small() -> Limits {
    Limits { unpacked: 64 * 1024, entries: 20, file: 1024, skills: 3 }
}

fn look(repository: &Repository, limits: Limits) -> Result<Discovery, ArchiveError> {
    read(repository.packed().as_slice(), &origin(), limits)
}

fn names(discovery: &Discovery) -> Vec<&str> {
    discovery.skills.iter().map(|skill| skill.name.as_str()).collect()
}

#[test]
fn skill_files_are_found_by_path_and_hidden_folders_left_out() {
    let long = format!("deep/{}/SKILL.md", "folder/".repeat(30).trim_end_matches('/'));
    let repository = Repository::new()
        .file("z/SKILL.md", "# Z")
        .file("a/SKILL.md", "# A")
        .file(".github/SKILL.md", "# Hidden")
        .file("a/.cache/SKILL.md", "# Hidden")
        .file("a/skill.md", "# Other case")
        .file("a/NOT-SKILL.md", "# Other name")
        .file("README.md", "# Read me")
        .file(&long, "# Deep");
    let found = look(&repository, Limits::default()).unwrap();
    assert_eq!(names(&found), ["A", "Deep", "Z"]);
    assert!(found.skills[1].source_url.ends_with("/folder"), "long paths are whole");
    assert!(found.is_complete && found.warnings.is_empty());
}

#[test]
fn a_valid_index_is_all_that_counts() {
    let repository = Repository::new()
        .file("a/SKILL.md", "# A")
        .file(
            "skills_index.json",
            &json!([{"path": "b"}, {"path": "c"}, {"path": "b", "name": "Last"}]).to_string(),
        )
        .file("sub/skills_index.json", "[]");
    assert_eq!(names(&look(&repository, small()).unwrap()), ["Last", "c"]);
    let empty = Repository::new().file("skills_index.json", "[]").file("a/SKILL.md", "# A");
    assert_eq!(look(&empty, small()).unwrap().skills, []);
}

#[test]
fn a_bad_index_gives_way_with_a_word() {
    for index in ["{\"skills\": 3}".to_owned(), format!("[{}]", " ".repeat(2_000))] {
        let repository = Repository::new().file("skills_index.json", &index).file("a/SKILL.md", "# A");
        let found = look(&repository, small()).unwrap();
        assert_eq!((names(&found), found.warnings.len()), (vec!["A"], 1));
        assert!(found.warnings[0].starts_with("skills_index.json is"), "{:?}", found.warnings);
    }
}

#[test]
fn links_and_paths_that_climb_are_not_followed() {
    let repository = Repository::new()
        .file("a/SKILL.md", "# A")
        .link("b/SKILL.md", "/etc/passwd")
        .link("skills_index.json", "/etc/passwd")
        .hard_link("c/SKILL.md", "/etc/passwd")
        .raw_file("../../SKILL.md", "# Out")
        .raw_file("r-main/x/../../SKILL.md", "# Out");
    let found = look(&repository, small()).unwrap();
    assert_eq!(names(&found), ["A"]);
    assert_eq!(found.warnings, ["3 links and special files were ignored"]);
}

#[test]
fn sizes_are_bounded() {
    let many = (0..21).fold(Repository::new(), |all, number| all.file(&format!("f{number}"), ""));
    assert!(matches!(look(&many, small()), Err(ArchiveError::TooManyEntries(20))));

    // A bomb: 64 MB of nothing, packed into some kB.
    let bomb = Repository::new().file("a/SKILL.md", "# A").file("zeros", &"\0".repeat(64 * 1024 * 1024));
    assert!(bomb.packed().len() < 100_000);
    assert!(matches!(look(&bomb, small()), Err(ArchiveError::TooLarge(65_536))));

    let large =
        Repository::new().file("a/SKILL.md", &"# A\n".repeat(1_000)).file("b/data", &"x".repeat(9_000));
    let found = look(&large, small()).unwrap();
    assert_eq!(names(&found), ["a"]);
    assert_eq!(found.warnings, ["a/SKILL.md is larger than 1024 bytes and was not read"]);

    let skills = ["a", "b", "c", "d"]
        .iter()
        .fold(Repository::new(), |all, name| all.file(&format!("{name}/SKILL.md"), ""));
    let found = look(&skills, small()).unwrap();
    assert_eq!((names(&found), found.is_complete), (vec!["a", "b", "c"], false));
    assert_eq!(found.warnings, ["The pack lists more than 3 skills; the rest was left out"]);
}

#[test]
fn a_broken_archive_is_told() {
    let packed = Repository::new().file("a/SKILL.md", "# A").packed();
    for bytes in [&packed[..packed.len() / 2], b"<html>not an archive</html>", b""] {
        assert!(matches!(read(bytes, &origin(), small()), Err(ArchiveError::Broken(_))));
    }
}
