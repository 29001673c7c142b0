//! What templates see: every value that a template can name, with its type.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::data::{Node, Number, Value};

/// `site`, in every template.
#[derive(Debug, Serialize)]
pub(super) struct SiteView<'a> {
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) language: &'a str,
    pub(super) repository: Option<&'a str>,
    /// The path below which the site is served, without `/` at its end; empty at the root of a host.
    pub(super) base: &'a str,
    /// The address of the home page, for links.
    pub(super) home: String,
    pub(super) logo: Option<PairView>,
    pub(super) logo_link: Option<String>,
    pub(super) favicon: Option<PairView>,
    /// `light`, `dark` or `system`: the colours of a reader who has not chosen.
    pub(super) scheme: &'static str,
    /// The reader cannot choose colours.
    pub(super) scheme_is_fixed: bool,
    /// The style sheet of the colours and fonts of the site is there.
    pub(super) branded: bool,
    /// Style sheets and scripts of the site, as names of static files.
    pub(super) styles: &'a [String],
    pub(super) scripts: &'a [String],
    /// Links in the header.
    pub(super) links: Vec<NamedLinkView<'a>>,
    /// The button in the header.
    pub(super) primary: Option<NamedLinkView<'a>>,
    /// Columns of links in the footer.
    pub(super) columns: Vec<ColumnView<'a>>,
    pub(super) socials: &'a [(String, String)],
    pub(super) banner: Option<BannerView<'a>>,
}

/// Addresses of a picture for light and for dark colours.
#[derive(Debug, Serialize)]
pub(super) struct PairView {
    pub(super) light: String,
    pub(super) dark: String,
}

/// A link of the header or the footer.
#[derive(Debug, Serialize)]
pub(super) struct NamedLinkView<'a> {
    pub(super) label: &'a str,
    pub(super) url: String,
    pub(super) icon: Option<&'a str>,
}

/// A column of links.
#[derive(Debug, Serialize)]
pub(super) struct ColumnView<'a> {
    pub(super) title: Option<&'a str>,
    pub(super) links: Vec<NamedLinkView<'a>>,
}

/// What stands above every page.
#[derive(Debug, Serialize)]
pub(super) struct BannerView<'a> {
    /// HTML.
    pub(super) text: String,
    /// `info`, `warning` or `critical`.
    pub(super) kind: &'a str,
    pub(super) dismissible: bool,
}

/// What `page.html` and `home.html` see besides `site`.
#[derive(Debug, Serialize)]
pub(super) struct PageContext<'a> {
    pub(super) page: PageView<'a>,
    pub(super) navigation: NavigationView<'a>,
}

/// What `404.html` sees besides `site`.
#[derive(Debug, Serialize)]
pub(super) struct NotFoundContext<'a> {
    pub(super) navigation: NavigationView<'a>,
    /// What a site says there in place of the theme.
    pub(super) title: Option<&'a str>,
    /// HTML.
    pub(super) text: Option<String>,
    /// Its reader is led to the home page.
    pub(super) leads_home: bool,
}

/// `navigation`.
#[derive(Debug, Default, Serialize)]
pub(super) struct NavigationView<'a> {
    /// What a reader can switch to, outermost first.
    pub(super) switches: Vec<SwitchView<'a>>,
    /// Links that stand beside every page.
    pub(super) links: Vec<ChoiceView<'a>>,
    /// The entries beside the text, as HTML.
    pub(super) menu: String,
    /// The entries as data, for the home page.
    pub(super) sections: Vec<EntryView<'a>>,
}

/// A switch between languages, versions, tabs and the like.
#[derive(Debug, Serialize)]
pub(super) struct SwitchView<'a> {
    /// `language`, `version`, `product`, `dropdown`, `tab`, `anchor` or `item`.
    pub(super) kind: &'static str,
    /// The title of what is chosen; empty where nothing is.
    pub(super) title: &'a str,
    pub(super) choices: Vec<ChoiceView<'a>>,
}

/// One choice of a switch, or a link.
#[derive(Debug, Serialize)]
pub(super) struct ChoiceView<'a> {
    pub(super) title: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) icon: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
    pub(super) url: Option<String>,
    /// The tag of a language.
    pub(super) language: Option<&'a str>,
    pub(super) current: bool,
}

/// What the page of a group lists of the group.
#[derive(Debug, Serialize)]
pub(super) struct DirectoryView<'a> {
    /// `cards` or `accordion`.
    pub(super) kind: &'static str,
    pub(super) entries: Vec<EntryView<'a>>,
}

/// `page`.
#[derive(Debug, Serialize)]
pub(super) struct PageView<'a> {
    pub(super) title: &'a str,
    /// The title as HTML: with the markup of the heading it was taken from.
    pub(super) heading: String,
    pub(super) description: Option<&'a str>,
    /// The address from the root of the host.
    pub(super) url: String,
    /// The whole address, where the site says where it will be served.
    pub(super) canonical: Option<Cow<'a, str>>,
    /// The address of the page as Markdown.
    pub(super) markdown: Option<String>,
    /// HTML.
    pub(super) body: String,
    pub(super) contents: Vec<ContentsView<'a>>,
    pub(super) breadcrumbs: Vec<LinkView<'a>>,
    pub(super) previous: Option<LinkView<'a>>,
    pub(super) next: Option<LinkView<'a>>,
    pub(super) edit: Option<String>,
    pub(super) verified: CountsView,
    /// The tag of its language, and the direction of its writing: `ltr` or `rtl`.
    pub(super) language: &'a str,
    pub(super) direction: &'static str,
    /// The same page in other languages.
    pub(super) alternates: Vec<AlternateView<'a>>,
    /// What it lists of the group that it is the page of.
    pub(super) directory: Option<DirectoryView<'a>>,
    /// `meta` elements but for the description.
    pub(super) meta: Vec<MetaView<'a>>,
    /// Search engines are asked to leave it out.
    pub(super) noindex: bool,
    /// Words that it is found by, with commas between them.
    pub(super) keywords: String,
    /// What it describes is not to be used any more.
    pub(super) deprecated: bool,
    /// `default`, `wide`, `custom`, `frame` or `center`.
    pub(super) mode: &'static str,
    /// The front matter.
    pub(super) data: Option<NodeView<'a>>,
}

/// A `meta` element.
#[derive(Debug, Serialize)]
pub(super) struct MetaView<'a> {
    /// What its name stands in: `name`, or `property`.
    pub(super) attribute: &'static str,
    pub(super) name: &'a str,
    pub(super) content: Cow<'a, str>,
}

/// The same page in another language.
#[derive(Debug, Serialize)]
pub(super) struct AlternateView<'a> {
    pub(super) language: &'a str,
    pub(super) url: String,
}

/// How many examples of a page came out how.
#[derive(Debug, Default, Serialize)]
pub(super) struct CountsView {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

/// A heading in the table of contents.
#[derive(Debug, Serialize)]
pub(super) struct ContentsView<'a> {
    pub(super) level: u8,
    pub(super) id: &'a str,
    pub(super) text: &'a str,
}

/// A link to a page; without an address where a section has no page.
#[derive(Debug, Serialize)]
pub(super) struct LinkView<'a> {
    pub(super) title: &'a str,
    pub(super) url: Option<String>,
}

/// An entry of the navigation.
#[derive(Debug, Serialize)]
pub(super) struct EntryView<'a> {
    pub(super) title: &'a str,
    pub(super) url: Option<String>,
    pub(super) description: Option<&'a str>,
    pub(super) icon: Option<&'a str>,
    pub(super) tag: Option<&'a str>,
    /// Something stands below it, whether or not the page carries it.
    pub(super) section: bool,
    /// What stands below it is carried by the page.
    pub(super) carried: bool,
    /// It is the page itself.
    pub(super) current: bool,
    /// It is shown opened.
    pub(super) open: bool,
    /// What stands below it, where a template goes through the entries by itself.
    pub(super) entries: Vec<EntryView<'a>>,
}

/// What `partials/fence.html` sees.
#[derive(Debug, Serialize)]
pub(super) struct FenceView<'a> {
    pub(super) title: Option<&'a str>,
    pub(super) language: &'a str,
    /// The language as people write it.
    pub(super) label: &'a str,
    /// HTML.
    pub(super) code: String,
    pub(super) lines: bool,
    pub(super) wrap: bool,
    pub(super) expandable: bool,
    pub(super) nocopy: bool,
    pub(super) focus: bool,
    /// `answer` or `output`, where it shows what the example before it gives; else empty.
    pub(super) role: &'static str,
    pub(super) icon: Option<&'a str>,
    pub(super) other: &'a [(String, String)],
    pub(super) evidence: Option<EvidenceView>,
}

/// What became of an example.
#[derive(Debug, Serialize)]
pub(super) struct EvidenceView {
    /// `passed`, `failed` or `skipped`.
    pub(super) state: &'static str,
    /// `Verified`, `Fails as shown`, `Failed` or `Not run`.
    pub(super) word: &'static str,
    /// What was checked, or why nothing was; HTML.
    pub(super) summary: String,
    pub(super) diagnostics: Vec<DiagnosticView>,
    pub(super) exchanges: Vec<ExchangeView>,
    /// How many further exchanges are not shown.
    pub(super) more: usize,
}

/// A diagnostic of a failed example.
#[derive(Debug, Serialize)]
pub(super) struct DiagnosticView {
    pub(super) severity: &'static str,
    pub(super) code: &'static str,
    /// HTML.
    pub(super) message: String,
    /// HTML.
    pub(super) help: Option<String>,
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// A request and its answer, as shown.
#[derive(Debug, Serialize)]
pub(super) struct ExchangeView {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) request_headers: Vec<(String, String)>,
    /// HTML.
    pub(super) request_body: Option<String>,
    /// Why nothing was sent, where nothing was.
    pub(super) unsent: Option<String>,
    pub(super) status: u16,
    /// The name of the status.
    pub(super) reason: &'static str,
    pub(super) ok: bool,
    pub(super) answer_headers: Vec<(String, String)>,
    /// HTML.
    pub(super) answer_body: Option<String>,
    /// What is left out of the answer.
    pub(super) note: Option<String>,
}

/// Data of a page for templates; what is left open is null, and a key that stands twice has its last value.
#[derive(Debug)]
pub(super) struct NodeView<'a>(pub(super) &'a Node);

impl Serialize for NodeView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.value {
            Value::Null | Value::Elided => serializer.serialize_none(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(Number::Integer(value)) => serializer.serialize_i64(*value),
            Value::Number(Number::Float(value)) => serializer.serialize_f64(*value),
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(elements) => serializer.collect_seq(elements.iter().map(NodeView)),
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for member in members {
                    map.serialize_entry(&member.key, &NodeView(&member.value))?;
                }
                map.end()
            }
        }
    }
}
