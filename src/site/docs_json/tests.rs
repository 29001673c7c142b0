//! What a `docs.json` is read as.

use super::super::{Entry, Site, Target, load};

/// A manual of these pages with this `docs.json`.
#[expect(clippy::disallowed_methods, reason = "a test makes the tree that it reads")]
fn manual(settings: &str, pages: &[(&str, &str)]) -> Site {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    for (path, text) in [("docs.json", settings)].iter().chain(pages) {
        let place = folder.path().join(path);
        std::fs::create_dir_all(place.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(place, text).expect("a file can be written");
    }
    load(folder.path()).expect("the manual can be read")
}

/// What is said of a `docs.json`: what is underlined, and the help.
#[track_caller]
fn says(settings: &str, expected: &[(&str, &str)]) {
    let site = manual(settings, &[("index.md", "# Home\n"), ("guides/portkey.md", "# Portkey\n")]);
    let seen: Vec<_> = site
        .diagnostics
        .iter()
        .map(|said| (said.source.slice(said.problem.span), said.problem.help.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(seen, expected);
}

/// The entries, one a word, with what stands below them in brackets.
fn written(entries: &[Entry]) -> String {
    let entry = |entry: &Entry| {
        let link = entry.link.as_ref().map(|link| format!(" -> {link}")).unwrap_or_default();
        match written(&entry.entries) {
            below if below.is_empty() => format!("{}{link}", entry.title),
            below => format!("{}{link} [{below}]", entry.title),
        }
    };
    entries.iter().map(entry).collect::<Vec<_>>().join(", ")
}

#[test]
fn groups_and_pages_are_entries() {
    let settings = r#"{ "name": "N", "navigation": { "groups": [
        { "group": "Start", "icon": "rocket", "tag": "new", "expanded": true, "pages": ["index",
            { "group": "Deep", "root": "guides/portkey", "pages": ["guides/venice.mdx", "/guides/elsewhere"] }] } ] } }"#;
    let site = manual(
        settings,
        &[
            ("index.md", "# Home\n"),
            ("guides/portkey.md", "---\ntitle: Portkey\nsidebarTitle: Key\n---\n"),
            ("guides/venice.mdx", "---\ntitle: Venice\ntag: beta\n---\n"),
            ("guides/elsewhere.mdx", "---\ntitle: Elsewhere\nurl: https://example.com\n---\n"),
        ],
    );
    assert!(site.diagnostics.is_empty(), "{:?}", site.diagnostics);
    assert_eq!(site.settings.site.title, "N");
    let entries = &site.navigation.root.entries;
    assert_eq!(written(entries), "Start [Home, Deep [Venice, Elsewhere -> https://example.com]]");
    let start = entries.first().expect("a group");
    assert_eq!(
        (start.icon.as_deref(), start.tag.as_deref(), start.expanded),
        (Some("rocket"), Some("new"), true)
    );
    let route = |index: &usize| site.pages.get(*index).map_or("", |page| page.route.as_str());
    let order: Vec<&str> = site.navigation.order.iter().map(route).collect();
    assert_eq!(order, ["/", "/guides/portkey/", "/guides/venice/", "/guides/elsewhere/"]);
}

#[test]
fn a_page_with_an_address_of_its_own_is_named_by_its_file_or_by_that() {
    for name in ["guides/portkey", "gateways/portkey"] {
        let settings = format!(r#"{{ "navigation": {{ "pages": ["index", "{name}"] }} }}"#);
        let moved = "---\npermalink: /gateways/portkey/\n---\n\n# Portkey\n";
        let site = manual(&settings, &[("index.md", "# Home\n"), ("guides/portkey.md", moved)]);
        assert!(site.diagnostics.is_empty(), "{:?}", site.diagnostics);
        assert_eq!(written(&site.navigation.root.entries), "Home, Portkey");
    }
}

#[test]
fn divisions_are_switches_in_each_other() {
    let settings = r#"{ "navigation": { "languages": [
        { "language": "en", "default": true, "tabs": [
            { "tab": "Docs", "versions": [{ "version": "v1", "pages": ["index"] }] },
            { "tab": "Blog", "href": "https://example.com" } ] },
        { "language": "fr", "pages": ["fr/index"] } ] } }"#;
    let site = manual(settings, &[("index.md", "# Home\n"), ("fr/index.md", "# Accueil\n")]);
    assert!(site.diagnostics.is_empty(), "{:?}", site.diagnostics);
    let languages: Vec<&str> =
        site.navigation.languages().iter().map(|choice| choice.title.as_str()).collect();
    assert_eq!((languages, site.settings.site.language.as_str()), (vec!["en", "fr"], "en"));
    let english = site.navigation.languages().first().map(|choice| choice.area.clone()).unwrap_or_default();
    let kinds: Vec<_> =
        english.switches.iter().map(|switch| (switch.kind.as_str(), switch.choices.len())).collect();
    assert_eq!(kinds, [("tab", 2)]);
    assert_eq!(site.navigation.order.len(), 2);
}

#[test]
fn a_page_that_is_not_there_is_underlined() {
    says(
        r#"{ "navigation": { "pages": ["index", "guides/portkye", "guides/portkey", "none/at/all"] } }"#,
        &[
            ("\"guides/portkye\"", "write `guides/portkey`"),
            ("\"none/at/all\"", "write the page, or take the entry out"),
        ],
    );
}

#[test]
fn pages_in_no_navigation_are_said_at_once() {
    let help = "list it, or write `hidden: true` in its front matter";
    says(r#"{ "navigation": { "pages": ["index"] } }"#, &[("\"navigation\"", help)]);
}

#[test]
fn unknown_keys_are_named_at_every_depth() {
    let pages = r#""pages": ["index", "guides/portkey"]"#;
    says(&format!(r#"{{ "nmae": "x", "navigation": {{ {pages} }} }}"#), &[("\"nmae\"", "write `name`")]);
    let group = format!(r#"{{ "navigation": {{ "groups": [{{ "group": "A", "icno": "x", {pages} }}] }} }}"#);
    says(&group, &[("\"icno\"", "write `icon`")]);
    let link = format!(
        r##"{{ "navbar": {{ "links": [{{ "label": "A", "href": "#", "xyzzy": 1 }}] }}, "navigation": {{ {pages} }} }}"##
    );
    says(&link, &[("\"xyzzy\"", "take it out: nothing reads it")]);
}

#[test]
fn values_of_the_wrong_type_are_underlined() {
    let pages = r#""navigation": { "pages": ["index", "guides/portkey"] }"#;
    says(&format!(r#"{{ "name": 1, {pages} }}"#), &[("1", "put it in quotes")]);
    says(
        &format!(r#"{{ "colors": {{ "primary": "green" }}, {pages} }}"#),
        &[("\"green\"", "write `#` and six hexadecimal digits")],
    );
    says(&format!(r#"{{ "redirects": {{}}, {pages} }}"#), &[("{}", "put its elements in brackets")]);
    says(r#"{ "navigation": [] }"#, &[("[]", "put its keys in braces")]);
    says("[]", &[("[]", "write `{ \"name\": …, \"navigation\": … }`")]);
}

#[test]
fn pages_that_mintlify_makes_are_said_to_be_missing() {
    let pages = r#""pages": ["index", "guides/portkey", "GET /users"]"#;
    says(
        &format!(r#"{{ "navigation": {{ "groups": [{{ "group": "A", "openapi": "x.json", {pages} }}] }} }}"#),
        &[
            ("\"openapi\"", "write pages for its operations, or take it out"),
            ("\"GET /users\"", "write a page for it"),
        ],
    );
}

#[test]
fn the_look_is_read() {
    let settings = r##"{ "logo": { "light": "/l.svg", "dark": "/d.svg" }, "favicon": "/f.ico",
        "colors": { "primary": "#ABC", "dark": "#112233" }, "fonts": { "family": "Inter", "weight": 500 },
        "appearance": { "default": "dark", "strict": true },
        "navbar": { "links": [{ "type": "github", "href": "https://example.com" }],
                    "primary": { "type": "button", "label": "Go", "href": "/go" } },
        "footer": { "socials": { "x": "https://example.com/x" },
                    "links": [{ "header": "More", "items": [{ "label": "A", "href": "/a" }] }] },
        "banner": { "content": "**New**", "dismissible": true },
        "seo": { "metatags": { "canonical": "https://docs.example.com/", "og:image": "/i.png" }, "indexing": "all" },
        "errors": { "404": { "title": "Lost", "redirect": false } },
        "navigation": { "pages": ["index"] } }"##;
    let site =
        manual(settings, &[("index.md", "# Home\n"), ("style.css", ""), ("deep/a.js", ""), ("src/b.ts", "")]);
    assert!(site.diagnostics.is_empty(), "{:?}", site.diagnostics);
    let look = &site.appearance;
    let colors =
        (look.colors.primary.as_deref(), look.colors.on_light.as_deref(), look.colors.on_dark.as_deref());
    assert_eq!(colors, (Some("#aabbcc"), Some("#112233"), None));
    assert_eq!(
        look.links.first().map(|link| (link.label.as_str(), link.icon.as_deref())),
        Some(("GitHub", Some("github")))
    );
    assert_eq!(
        (look.styles.as_slice(), look.scripts.as_slice()),
        (&["style.css".to_owned()][..], &["deep/a.js".to_owned()][..])
    );
    assert_eq!(site.settings.site.url.as_deref(), Some("https://docs.example.com"));
    assert_eq!(look.not_found_title.as_deref(), Some("Lost"));
    let assets: Vec<&str> = site.assets.statics.iter().map(|asset| asset.path.as_str()).collect();
    assert_eq!(assets, ["deep/a.js", "style.css"]);
}

#[test]
fn settings_of_ours_go_before_those_of_the_manual() {
    let settings = r#"{ "name": "Theirs", "description": "D", "navigation": { "pages": ["index"] } }"#;
    let site =
        manual(settings, &[("index.md", "# Home\n"), ("proofpress.toml", "[site]\ntitle = \"Ours\"\n")]);
    assert_eq!((site.settings.site.title.as_str(), site.settings.site.description.as_str()), ("Ours", "D"));
}

#[test]
fn what_a_manual_ignores_is_not_read() {
    let settings = r#"{ "navigation": { "pages": ["index"] } }"#;
    let site = manual(
        settings,
        &[
            ("index.md", "# Home\n"),
            ("README.md", "# Not a page\n"),
            ("drafts/a.md", "# Draft\n"),
            (".mintignore", "# A comment\ndrafts/\n"),
            ("node_modules/x/b.md", "# Not ours\n"),
            ("snippets/c.mdx", "Shared.\n"),
        ],
    );
    assert!(site.diagnostics.is_empty(), "{:?}", site.diagnostics);
    let served: Vec<&str> =
        site.pages.iter().filter(|page| page.is_served()).map(|page| page.page.source.path()).collect();
    assert_eq!(served, ["index.md"]);
}

#[test]
fn links_lead_over_redirects_and_beside_their_file() {
    let settings = r#"{ "navigation": { "pages": ["index", "guides/portkey", "guides/gone"] }, "redirects": [
        { "source": "/old", "destination": "/guides/portkey#setup" },
        { "source": "/elder", "destination": "/old" },
        { "source": "/out/:slug*", "destination": "https://example.com/:slug*" } ] }"#;
    let site = manual(
        settings,
        &[
            ("index.md", "# Home\n"),
            ("guides/portkey.md", "# Portkey\n## Setup\n"),
            ("guides/venice.md", "---\nhidden: true\n---\n"),
        ],
    );
    let leads = |from: &str, link: &str, expected: Target| {
        let (_, page) = site.page_by_path(from).expect("the page is there");
        assert_eq!(site.target(page, link), expected, "{link}");
    };
    let portkey = site.page_by_path("guides/portkey.md").map(|(index, _)| index).expect("the page is there");
    leads("index.md", "/elder", Target::Page(portkey, Some("setup".to_owned())));
    leads("index.md", "/old#none", Target::NoAnchor(portkey, "none".to_owned()));
    leads("guides/venice.md", "./portkey#setup", Target::Page(portkey, Some("setup".to_owned())));
    leads("guides/venice.md", "portkey.md", Target::Page(portkey, None));
    let home = site.page_by_path("index.md").map(|(index, _)| index).expect("the page is there");
    leads("guides/venice.md", "/index", Target::Page(home, None));
    leads("index.md", "/out/a", Target::Elsewhere);
    leads("index.md", "/guides/gone", Target::Absent);
    leads("index.md", "/nowhere", Target::Nothing("/nowhere/".to_owned()));
}

#[test]
fn settings_may_stand_in_several_files() {
    let site = manual(
        r#"{ "navigation": { "groups": [{ "group": "A", "pages": { "$ref": "./nav/pages.json" } },
            { "$ref": "nav/group.json", "tag": "new" }] } }"#,
        &[
            ("index.md", "# Home\n"),
            ("a.md", "# A\n"),
            ("nav/pages.json", "[\"index\", \"b\"]"),
            (
                "nav/group.json",
                "{ \"group\": \"B\", \"tag\": \"old\", \"pages\": { \"$ref\": \"more.json\" } }",
            ),
            ("nav/more.json", "[ \"a\" ]"),
        ],
    );
    assert_eq!(written(&site.navigation.root.entries), "A [Home], B [A]");
    let tags: Vec<_> = site.navigation.root.entries.iter().map(|entry| entry.tag.as_deref()).collect();
    assert_eq!(tags, [None, Some("new")]);
    let said: Vec<_> = site
        .diagnostics
        .iter()
        .map(|said| (said.source.path(), said.source.slice(said.problem.span)))
        .collect();
    assert_eq!(said, [("nav/pages.json", "\"b\"")]);
}

#[test]
fn files_that_name_each_other_or_nothing_are_said() {
    let pages = r#""pages": ["index", "guides/portkey"]"#;
    says(
        &format!(r#"{{ "seo": {{ "$ref": "docs.json" }}, "navigation": {{ {pages} }} }}"#),
        &[("\"docs.json\"", "write what it holds here")],
    );
    says(
        &format!(r#"{{ "seo": {{ "$ref": "none.json" }}, "navigation": {{ {pages} }} }}"#),
        &[("\"none.json\"", "name a file from the folder of this one")],
    );
    says(
        &format!(r#"{{ "seo": {{ "$ref": "../../etc/passwd" }}, "navigation": {{ {pages} }} }}"#),
        &[("\"../../etc/passwd\"", "write a path such as `./pages.json`")],
    );
}

#[test]
fn a_manual_with_a_folder_of_the_output_is_written_elsewhere() {
    let settings = r#"{ "navigation": { "pages": ["index"] } }"#;
    let site = manual(settings, &[("index.md", "# Home\n"), ("public/a.json", "{}")]);
    assert_eq!(site.settings.build.output, std::path::Path::new("_site"));
    assert!(site.asset("public/a.json").is_some());
    let site = manual(settings, &[("index.md", "# Home\n"), ("public/.proofpress-output", "")]);
    assert_eq!(site.settings.build.output, std::path::Path::new("public"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test makes the tree that it reads")]
fn what_is_none_of_a_manual_is_not_read_again() {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    let settings = r#"{ "navigation": { "pages": ["index"] } }"#;
    for (path, text) in [
        ("docs.json", settings),
        ("index.md", "# Home\n"),
        ("serve.log", "x"),
        (".index.md.swp", "x"),
        ("node_modules/x/y.md", "x"),
        ("dist/.proofpress-output", ""),
        ("dist/z.md", "x"),
        ("logo.svg", "<svg/>"),
        ("profiles/clients/own.toml", "name = \"own\"\n"),
    ] {
        let place = folder.path().join(path);
        std::fs::create_dir_all(place.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(place, text).expect("a file can be written");
    }
    let mut site = load(folder.path()).expect("the manual can be read");
    let mut changes = |path: &str| site.reload(&[path.into()].into()).expect("it can be read again");
    for path in ["serve.log", ".index.md.swp", "node_modules/x/y.md", "dist/z.md"] {
        assert!(changes(path).is_empty(), "{path}");
    }
    let (picture, profile) = (changes("logo.svg"), changes("profiles/clients/own.toml"));
    assert_eq!((picture.look, picture.knowledge), (true, false));
    assert!(profile.knowledge);
}
