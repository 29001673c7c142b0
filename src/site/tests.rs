//! What a tree is read as.

use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::source::Source;

/// A folder with these files.
#[expect(clippy::disallowed_methods, reason = "a test makes the tree that it reads")]
fn tree(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    for (path, text) in files {
        let place = folder.path().join(path);
        std::fs::create_dir_all(place.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(place, text).expect("a file can be written");
    }
    folder
}

fn site(files: &[(&str, &str)]) -> Site {
    load(tree(files).path()).expect("the site can be read")
}

/// The route of a file, the file that is served, and the way back.
#[track_caller]
fn route(file: &str, expected: &str, served: &str) {
    let route = Route::for_file(file);
    assert_eq!(route.as_str(), expected);
    assert_eq!(route.file(), served);
    assert_eq!(Route::parse(expected), Some(route));
}

/// The diagnostics of settings: what is underlined and the help.
#[track_caller]
fn says(settings: &str, expected: &[(&str, &str)]) {
    let source = Source::new("proofpress.toml", settings);
    let (_, diagnostics) = Settings::parse(&source);
    let seen: Vec<_> = diagnostics
        .iter()
        .map(|said| (source.slice(said.problem.span), said.problem.help.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(seen, expected);
}

/// The navigation, one entry a word, with what stands below it in brackets.
fn navigation(entries: &[Entry]) -> String {
    let entry = |entry: &Entry| match navigation(&entry.entries) {
        below if below.is_empty() => entry.title.clone(),
        below => format!("{} [{below}]", entry.title),
    };
    entries.iter().map(entry).collect::<Vec<_>>().join(", ")
}

/// What links lead to, on the page of a site with a few pages.
#[track_caller]
fn leads(from: &str, link: &str, expected: &str) {
    let site = site(&[
        ("proofpress.toml", "[site]\nurl = \"https://example.org/docs/\"\n"),
        ("content/index.md", "# Home\n"),
        ("content/a/index.md", "# A\n"),
        ("content/a/b.md", "# B\n## Ünï\n\n<a id=\"own\"></a> x\n"),
        ("static/img/x y.png", ""),
    ]);
    let (_, page) = site.page_by_path(from).expect("the page is there");
    let name = |index: usize| site.pages.get(index).map_or("", |page| page.route.as_str());
    let seen = match site.target(page, link) {
        Target::Elsewhere => "elsewhere".to_owned(),
        Target::Page(index, anchor) => format!("{} {}", name(index), anchor.unwrap_or_default()),
        Target::File(file) => format!("file {file}"),
        Target::NoAnchor(index, anchor) => format!("{} lacks {anchor}", name(index)),
        Target::Absent => "absent".to_owned(),
        Target::Nothing(path) => format!("nothing at {path}"),
    };
    assert_eq!(seen.trim_end(), expected);
}

#[test]
fn a_file_has_its_address() {
    route("providers/portkey.md", "/providers/portkey/", "providers/portkey/index.html");
    route("providers/index.mdx", "/providers/", "providers/index.html");
    route("index.md", "/", "index.html");
}

#[test]
fn odd_letters_are_escaped_in_an_address() {
    route("a b/ü?.md", "/a%20b/%C3%BC%3F/", "a b/ü?/index.html");
    route("100%25.md", "/100%2525/", "100%25/index.html");
}

#[test]
fn an_address_never_leaves_the_site() {
    assert_eq!(Route::for_file("a/...md").file(), "a/--/index.html");
    assert_eq!(Route::for_file("a\\..\\b.md").file(), "a-..-b/index.html");
    assert_eq!(Route::parse("/a/../../b"), None);
    assert_eq!(Route::parse("/a/%2e%2e/%2E%2E/b"), None);
    assert_eq!(Route::parse("/a/./b/../c").as_ref().map(Route::as_str), Some("/a/c/"));
    assert_eq!(Route::parse("/a%2F..%2Fb").map(|route| route.file()).as_deref(), Some("a-..-b/index.html"));
    assert_eq!(Route::parse("a"), None);
}

#[test]
fn two_pages_cannot_have_one_address() {
    let site = site(&[("content/guide.md", ""), ("content/guide/index.md", ""), ("content/Guide.md", "")]);
    let seen: Vec<_> =
        site.diagnostics.iter().map(|said| (said.source.path(), said.problem.message.as_str())).collect();
    let expected = [
        ("content/guide.md", "`/guide/` is the address of `content/Guide.md` already"),
        ("content/guide/index.md", "`/guide/` is the address of `content/Guide.md` already"),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn the_navigation_follows_folders_weights_and_titles() {
    let site = site(&[
        ("content/index.md", "# Home\n"),
        ("content/zeta.md", "---\nweight: 1\n---\n# Zeta\n"),
        ("content/beta.md", "# Beta\n"),
        ("content/alpha.md", "---\ntitle: Alpha\nnav_title: Omega\n---\n"),
        ("content/secret.md", "---\nhidden: true\n---\n"),
        ("content/getting-started/b.md", "# Two\n"),
        ("content/getting-started/a.md", "# One\n"),
        ("content/guide/index.md", "---\nweight: 0\n---\n# Guide\n"),
        ("content/guide/deep/x.md", "# X\n"),
    ]);
    let expected = "Home, Guide [Deep [X]], Zeta, Beta, Getting started [One, Two], Omega";
    assert_eq!(navigation(&site.navigation.root.entries), expected);
    let order: Vec<_> = site
        .navigation
        .order
        .iter()
        .filter_map(|index| site.pages.get(*index))
        .map(|page| page.page.front.title.as_str())
        .collect();
    assert_eq!(order, ["Home", "Guide", "X", "Zeta", "Beta", "One", "Two", "Alpha"]);
}

#[test]
fn settings_have_defaults() {
    let settings = site(&[("content/index.md", "")]).settings;
    assert_eq!((settings.site.language.as_str(), settings.examples.timeout), ("en", 30));
    assert_eq!(settings.build.output, Path::new("public"));
}

#[test]
fn settings_are_read() {
    let text = "[site]\ntitle = \"T\"\nurl = \"https://a.b/c/\"\n[clients.openclaw]\nschema = \"s.json\"\n[examples]\ntimeout = 5\n[gateway]\nmode = \"live\"\n[build]\noutput = \"out/html\"\n";
    let (settings, diagnostics) = Settings::parse(&Source::new("proofpress.toml", text));
    assert!(diagnostics.is_empty());
    assert_eq!((settings.site.title.as_str(), settings.site.url.as_deref()), ("T", Some("https://a.b/c")));
    let schema =
        settings.clients.first().and_then(|(name, client)| Some((name.as_str(), client.schema.clone()?)));
    assert_eq!(schema, Some(("openclaw", PathBuf::from("s.json"))));
    assert_eq!((settings.examples.timeout, settings.gateway.mode.as_deref()), (5, Some("live")));
    assert_eq!(settings.build.output, Path::new("out/html"));
}

#[test]
fn an_unknown_setting_is_underlined() {
    says("[site]\ntitel = \"x\"\n", &[("titel", "write `title`")]);
    says("[gatway]\nmode = \"mock\"\n", &[("gatway", "write `gateway`")]);
    says("[clients.x]\nshema = \"s\"\n", &[("shema", "write `schema`")]);
    says("[build]\nzzz = 1\n", &[("zzz", "the settings here are `output`")]);
}

#[test]
fn a_setting_of_the_wrong_type_is_underlined() {
    says("[site]\ntitle = 1\n", &[("1", "put it in quotes")]);
    says("site = \"x\"\n", &[("\"x\"", "write `[site]` on a line")]);
    says("[examples]\ntimeout = -1\n", &[("-1", "write a whole number from 1 to 86400")]);
    says("[gateway]\nmode = \"mook\"\n", &[("\"mook\"", "write `mock`")]);
    says("[site]\nurl = \"a.b\"\n", &[("\"a.b\"", "write all of it, with `https://`")]);
}

#[test]
fn a_schema_that_is_not_there_is_said() {
    let settings = "[clients.x]\nschema = \"none.json\"\n";
    let site = site(&[("proofpress.toml", settings), ("content/index.md", "")]);
    let seen: Vec<_> = site.diagnostics.iter().map(|said| said.source.slice(said.problem.span)).collect();
    assert_eq!(seen, ["\"none.json\""]);
}

#[test]
fn the_output_is_a_folder_of_its_own() {
    let help = "name a folder of its own inside the site, such as `public`";
    says("[build]\noutput = \"../x\"\n", &[("\"../x\"", help)]);
    says("[build]\noutput = \"/\"\n", &[("\"/\"", help)]);
    says("[build]\noutput = \".\"\n", &[("\".\"", help)]);
    says("[build]\noutput = \"content/x\"\n", &[("\"content/x\"", help)]);
}

#[test]
fn links_lead_where_the_site_serves_them() {
    leads("content/index.md", "/a/b", "/a/b/");
    leads("content/index.md", "a/b/#%C3%BCn%C3%AF", "/a/b/ ünï");
    leads("content/a/b.md", "../../", "/");
    leads("content/index.md", "/docs/a/", "/a/");
    leads("content/index.md", "#home", "/ home");
    leads("content/index.md", "/a/?q=1#top", "/a/ top");
    leads("content/index.md", "/a/b/#own", "/a/b/ own");
    leads("content/index.md", "https://example.com", "elsewhere");
    leads("content/index.md", "mailto:a@b.c", "elsewhere");
    leads("content/index.md", "//example.com/a", "elsewhere");
}

#[test]
fn links_may_name_files() {
    leads("content/a/b.md", "index.md", "/a/");
    leads("content/a/b.md", "../index.md#home", "/ home");
    leads("content/index.md", "/a/b.md", "/a/b/");
    leads("content/index.md", "/img/x%20y.png", "file img/x y.png");
}

#[test]
fn links_may_lead_nowhere() {
    leads("content/index.md", "/a/c", "nothing at /a/c/");
    leads("content/a/b.md", "c.md", "nothing at /a/b/c.md/");
    leads("content/index.md", "../../a", "nothing at ../../a");
    leads("content/index.md", "/a/b#none", "/a/b/ lacks none");
}

#[test]
fn a_folder_without_a_site_is_read_as_it_is() {
    let folder = tree(&[
        ("docs/x.md", "# X\n"),
        ("docs/.hidden/y.md", ""),
        ("docs/node_modules/z.md", ""),
        ("docs/sub/w.mdx", ""),
        ("docs/a.txt", ""),
        ("docs/out/page.md", ""),
        ("docs/proofpress.toml", "[build]\noutput = \"out\"\n[site]\ntitle = \"T\"\n"),
    ]);
    let site = load_folder(&[folder.path().join("docs")]).expect("the folder can be read");
    let names: Vec<_> =
        site.pages.iter().filter_map(|page| page.page.source.path().rsplit("docs/").next()).collect();
    assert_eq!(names, ["sub/w.mdx", "x.md"]);
    assert_eq!((site.origin, site.settings.site.title.as_str()), (Origin::Folder, "T"));
    let site = load_folder(&[folder.path().join("docs/sub/w.mdx")]).expect("the file can be read");
    assert_eq!((site.pages.len(), site.settings.site.title.as_str()), (1, "T"));
}

#[test]
fn a_file_that_is_no_text_is_said() {
    let folder = tree(&[("content/a.md", "# A\n"), ("content/b.md", "")]);
    #[expect(clippy::disallowed_methods, reason = "a test makes the tree that it reads")]
    std::fs::write(folder.path().join("content/b.md"), b"ab\xff").expect("a file can be written");
    let site = load(folder.path()).expect("the site can be read");
    let seen: Vec<_> = site.diagnostics.iter().map(|said| said.problem.message.as_str()).collect();
    assert_eq!((site.pages.len(), seen), (1, vec!["`content/b.md` is not UTF-8 from byte 2 on"]));
}

#[cfg(unix)]
#[test]
fn links_of_the_file_system_neither_loop_nor_lead_out() {
    let outside = tree(&[("secret.md", "# S\n")]);
    let folder = tree(&[("content/a/b.md", "# B\n")]);
    let content = folder.path().join("content");
    std::os::unix::fs::symlink(&content, content.join("a/loop")).expect("a link can be made");
    std::os::unix::fs::symlink(outside.path(), content.join("out")).expect("a link can be made");
    std::os::unix::fs::symlink(content.join("nowhere"), content.join("dead.md")).expect("a link can be made");
    std::os::unix::fs::symlink(content.join("a/b.md"), content.join("same.md")).expect("a link can be made");
    let site = load(folder.path()).expect("the site can be read");
    let names: Vec<_> = site.pages.iter().map(|page| page.page.source.path()).collect();
    assert_eq!(names, ["content/a/b.md", "content/same.md"]);
}

#[test]
fn what_is_not_there_is_an_error() {
    let folder = tree(&[("a.txt", "")]);
    assert!(matches!(load(folder.path()), Err(Error::NoSite { .. })));
    assert!(matches!(load_folder(&[folder.path().join("b")]), Err(Error::NotFound { .. })));
}
