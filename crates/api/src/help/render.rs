//! Markdown to a page.

use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::{PAGES, Page, search, title};

/// The whole page with the list of all pages beside it.
pub(super) fn html(page: &Page, base_url: &str) -> String {
    let mut body = String::new();
    html::push_html(&mut body, events(page.markdown, base_url));
    whole(title(page), Some(page.name), &body)
}

/// The contents: every page with its first sentences. With a query, the places where it is found.
pub(super) fn index(query: &str) -> String {
    let asked = escaped(query);
    let mut body = format!(
        "<h1>Manual</h1><form class=\"search\" role=\"search\" action=\"/help\">\
         <label for=\"q\">Search the manual</label>\
         <input id=\"q\" name=\"q\" type=\"search\" maxlength=\"100\" value=\"{asked}\">\
         <button>Search</button></form>"
    );
    if query.is_empty() {
        for page in PAGES {
            let _ = write!(body, "<h2><a href=\"/help/{}\">{}</a></h2>", page.name, title(page));
            html::push_html(&mut body, first_paragraph(page).into_iter());
        }
    } else {
        let found = search::find(query);
        let count = found.len();
        let places = if count == 1 { "place" } else { "places" };
        let _ = write!(
            body,
            "<p role=\"status\">{count} {places} with \u{201c}{asked}\u{201d}</p><ul class=\"found\">"
        );
        for section in found {
            let (heading, page) = (escaped(section.heading), title(section.page));
            let _ = write!(
                body,
                "<li><a href=\"{}\">{heading}</a> <small>{page}</small></li>",
                section.address()
            );
        }
        body.push_str("</ul>");
        if count == 0 {
            body.push_str("<p>Try fewer or shorter words. <a href=\"/help\">All pages</a></p>");
        }
    }
    whole("Manual", None, &body)
}

/// The first paragraph below the title, without its links.
fn first_paragraph(page: &Page) -> Vec<Event<'_>> {
    let events = Parser::new_ext(page.markdown, Options::ENABLE_TABLES);
    let from = events.skip_while(|event| !matches!(event, Event::Start(Tag::Paragraph)));
    let mut paragraph = Vec::new();
    for event in from {
        let is_end = matches!(event, Event::End(TagEnd::Paragraph));
        if !matches!(event, Event::Start(Tag::Link { .. }) | Event::End(TagEnd::Link)) {
            paragraph.push(event);
        }
        if is_end {
            break;
        }
    }
    paragraph
}

/// Text from outside, for text and attributes of HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page around its content. `name` is that of a page of the manual.
fn whole(title: &str, name: Option<&str>, body: &str) -> String {
    let mut links = String::new();
    let index = if name.is_none() { " aria-current=\"page\"" } else { "" };
    let _ = write!(links, "<li><a href=\"/help\"{index}>Search and contents</a></li>");
    for other in PAGES {
        let current = if name == Some(other.name) { " aria-current=\"page\"" } else { "" };
        // Names and titles are ours, and have no characters with a meaning in HTML.
        let _ =
            write!(links, "<li><a href=\"/help/{}\"{current}>{}</a></li>", other.name, super::title(other));
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>{title} · Mission Control</title><link rel=\"stylesheet\" href=\"/help/style.css\"></head>\
         <body><a class=\"skip\" href=\"#content\">Skip to the text</a>\
         <nav aria-label=\"Manual\"><a class=\"home\" href=\"/\">Mission Control</a><ul>{links}\
         <li><a href=\"/docs\">API reference</a></li></ul></nav>\
         <main id=\"content\">{body}</main></body></html>"
    )
}

fn events<'a>(markdown: &'a str, base_url: &'a str) -> impl Iterator<Item = Event<'a>> {
    let parsed: Vec<Event<'a>> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    let anchors = anchors(&parsed);
    let mut headings = anchors.into_iter();
    // Links to what is not served are shown as their text.
    let mut dropped = Vec::new();
    let mut events = Vec::with_capacity(parsed.len());
    for event in parsed {
        match event {
            Event::Start(Tag::Heading { level, classes, attrs, .. }) => {
                let id = headings.next().map(CowStr::from);
                events.push(Event::Start(Tag::Heading { level, id, classes, attrs }));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let target = target(&dest_url);
                dropped.push(target.is_none());
                if let Some(target) = target {
                    events.push(Event::Start(Tag::Link { link_type, dest_url: target.into(), title, id }));
                }
            }
            Event::End(TagEnd::Link) if dropped.pop() == Some(true) => {}
            // A table is wider than a phone, and scrolls by itself.
            Event::Start(Tag::Table(columns)) => {
                events.push(Event::Html("<div class=\"table\" tabindex=\"0\">".into()));
                events.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                events.push(Event::End(TagEnd::Table));
                events.push(Event::Html("</div>".into()));
            }
            // What the tests of the commands need is not for readers.
            Event::Html(_) => {}
            // The commands of the pages work as they stand on the server that shows them.
            Event::Text(text) => events.push(Event::Text(here(text, base_url))),
            other => events.push(other),
        }
    }
    events.into_iter()
}

fn here<'a>(text: CowStr<'a>, base_url: &str) -> CowStr<'a> {
    const LOCAL: &str = "http://localhost:8000";
    if text.contains(LOCAL) && base_url != LOCAL { text.replace(LOCAL, base_url).into() } else { text }
}

/// Where a link leads on this server: pages of the manual, other addresses of the web, places on the same page.
fn target(link: &str) -> Option<String> {
    if link.starts_with("https://") || link.starts_with("http://") || link.starts_with('#') {
        return Some(link.to_owned());
    }
    let (file, place) = link.split_once('#').map_or((link, None), |(file, place)| (file, Some(place)));
    let name = file.strip_suffix(".md")?;
    PAGES.iter().find(|page| page.name == name)?;
    Some(place.map_or_else(|| format!("/help/{name}"), |place| format!("/help/{name}#{place}")))
}

/// The name of a heading in addresses, as code hosts make it: small letters, digits and hyphens.
pub(super) fn slug(heading: &str) -> String {
    let name = heading.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        letter if letter.is_alphanumeric() || letter == '-' || letter == '_' => letter.to_lowercase().next(),
        _ => None,
    });
    name.collect()
}

/// The names of the headings of a page, in their order.
fn anchors(events: &[Event<'_>]) -> Vec<String> {
    let mut anchors = Vec::new();
    let mut text: Option<String> = None;
    for event in events {
        match event {
            Event::Start(Tag::Heading { .. }) => text = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => anchors.extend(text.take()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(text) = &mut text {
                    text.push_str(&slug(part));
                }
            }
            _ => {}
        }
    }
    anchors
}
