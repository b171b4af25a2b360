//! Finding a place in the manual.

use std::collections::HashSet;

use super::{PAGES, Page, render};

/// The longest search that is looked at, in bytes.
const QUERY_MAX: usize = 100;
/// The most places that are shown.
const SHOWN: usize = 40;

/// A part of a page, from one heading to the next.
pub(super) struct Section {
    pub(super) page: &'static Page,
    pub(super) heading: &'static str,
    text: String,
}

/// The sections that have every word of a query, those with a word in their heading first.
pub(super) fn find(query: &str) -> Vec<Section> {
    let query = mc_base::text::truncate_bytes(query, QUERY_MAX).to_lowercase();
    let words: HashSet<&str> = query.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<Section> = PAGES
        .iter()
        .flat_map(sections)
        .filter(|section| words.iter().all(|word| section.text.contains(word)))
        .collect();
    // The sort is stable: otherwise the order is that of the manual.
    found.sort_by_key(|section| {
        let heading = section.heading.to_lowercase();
        !words.iter().any(|word| heading.contains(word))
    });
    found.truncate(SHOWN);
    found
}

/// The sections of a page, each with its text in small letters.
fn sections(page: &'static Page) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut is_code = false;
    for line in page.markdown.lines() {
        is_code ^= line.trim_start().starts_with("```");
        let heading =
            line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#') && !is_code);
        if let Some(heading) = heading {
            sections.push(Section { page, heading, text: String::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.text.push_str(&line.to_lowercase());
            section.text.push('\n');
        }
    }
    sections
}

impl Section {
    /// Where it is on this server.
    pub(super) fn address(&self) -> String {
        format!("/help/{}#{}", self.page.name, render::slug(self.heading))
    }
}
