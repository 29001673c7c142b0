//! What a page tells its readers, in the form in which its source and its HTML are compared.

use super::words;

/// The components by name, with the element and the class that show each; what is not here is looked through.
const COMPONENTS: [(&str, &str, &str); 28] = [
    ("Accordion", "details", "accordion"),
    ("AccordionGroup", "div", "accordions"),
    ("Badge", "span", "badge"),
    ("Callout", "aside", "alert"),
    ("Card", "div", "card"),
    ("CardGroup", "div", "cards"),
    ("Check", "aside", "alert"),
    ("CodeGroup", "div", "code-group"),
    ("Column", "div", "column"),
    ("Columns", "div", "cards"),
    ("Danger", "aside", "alert"),
    ("Expandable", "details", "expandable"),
    ("Frame", "figure", "frame"),
    ("Info", "aside", "alert"),
    ("Note", "aside", "alert"),
    ("Panel", "aside", "panel"),
    ("ParamField", "div", "field"),
    ("Prompt", "section", "prompt"),
    ("ResponseField", "div", "field"),
    ("Step", "li", "step"),
    ("Steps", "ol", "steps"),
    ("Tab", "details", "tab"),
    ("Tabs", "div", "tabs"),
    ("Tile", "div", "tile"),
    ("Tip", "aside", "alert"),
    ("Tooltip", "span", "tooltip"),
    ("Update", "section", "update"),
    ("Warning", "aside", "alert"),
];

/// Elements that stand in a line of text, and do not divide it.
const INLINE: [&str; 32] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "math", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
];

/// Elements that are shown by themselves, without text.
const MEDIA: [&str; 4] = ["audio", "canvas", "iframe", "video"];

/// What a component shows, as `element.class`; none for one that is looked through.
pub(crate) fn shape(component: &str) -> Option<String> {
    let (_, element, class) = COMPONENTS.iter().find(|(name, ..)| *name == component)?;
    Some(format!("{element}.{class}"))
}

/// The shape of an element with these classes; none for one that shows no component.
pub(crate) fn shape_of(element: &str, has_class: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut all = COMPONENTS.iter();
    let (_, element, class) = all.find(|(_, name, class)| *name == element && has_class(class))?;
    Some(format!("{element}.{class}"))
}

/// Whether a text has the tag of one of the components in it.
pub(crate) fn has_raw_tag(text: &str) -> bool {
    let is_tag = |rest: &str| {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        COMPONENTS.iter().any(|(name, ..)| {
            let behind = rest.strip_prefix(name);
            behind.is_some_and(|behind| behind.starts_with([' ', '>', '/', '\n']))
        })
    };
    text.split('<').skip(1).any(is_tag)
}

/// One thing that a page tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Item {
    /// What it is: the text of a block, `h2#id`, `item`, `cell`, a fence, a component.
    pub(crate) text: String,
    /// The line of the source; zero where it is not known.
    pub(crate) line: usize,
    /// In the source, what the attributes of a component say; in HTML, the texts of its frame.
    pub(crate) said: Vec<String>,
    /// Whether a component leads somewhere.
    pub(crate) leads: bool,
    /// Whether it is the text of blocks; where one ends and the next begins is not told.
    pub(crate) is_text: bool,
}

/// The items of a page, and the text of the block that is being read.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// What stands above the text; empty in the source where only the front matter says it.
    pub(crate) title: String,
    pub(crate) items: Vec<Item>,
    text: String,
    line: usize,
}

impl Story {
    /// Adds text to the block.
    pub(crate) fn say(&mut self, text: &str, line: usize) {
        if self.text.trim().is_empty() {
            self.line = line;
        }
        self.text.push_str(text);
    }

    /// Ends the block.
    pub(crate) fn flush(&mut self) {
        let text = words(&std::mem::take(&mut self.text));
        match self.items.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.is_text => {
                last.text.push(' ');
                last.text.push_str(&text);
            }
            _ => self.items.push(Item { text, line: self.line, is_text: true, ..Item::default() }),
        }
    }

    /// Ends a block that does not go on in the next one.
    pub(crate) fn seal(&mut self) {
        self.flush();
        if let Some(last) = self.items.last_mut() {
            last.is_text = false;
        }
    }

    /// Ends the block and adds something else.
    pub(crate) fn put(&mut self, text: impl Into<String>, line: usize) {
        self.flush();
        self.items.push(Item { text: text.into(), line, ..Item::default() });
    }

    /// Adds a fence.
    pub(crate) fn fence(&mut self, code: &str, line: usize) {
        let code = code.replace("\r\n", "\n");
        self.put(format!("```\n{}", code.trim_end_matches('\n')), line);
    }

    /// Adds an image.
    pub(crate) fn image(&mut self, alternative: &str, line: usize) {
        self.say(&format!(" [image {}] ", words(alternative).replace(' ', "_")), line);
    }

    /// Adds the start of a link, whose text follows; the target is told where it leads out of the site.
    pub(crate) fn link(&mut self, target: &str, line: usize) {
        let is_outside = ["http:", "https:", "mailto:"].iter().any(|scheme| target.starts_with(scheme));
        let target = percent_encoding::percent_decode_str(if is_outside { target } else { "inside" });
        self.put(format!("[link {}]", target.decode_utf8_lossy()), line);
    }

    /// Tells of an element of HTML, and gives what is told at its end.
    pub(crate) fn element(
        &mut self,
        name: &str,
        attribute: &dyn Fn(&str) -> String,
        line: usize,
    ) -> Option<&'static str> {
        match name {
            "img" => self.image(&attribute("alt"), line),
            "br" | "wbr" => self.say(" ", line),
            "hr" => self.put("rule", line),
            "a" if !attribute("href").is_empty() => self.link(&attribute("href"), line),
            "input" => self.put("[box]", line),
            name if MEDIA.contains(&name) => self.put(format!("[{name}]"), line),
            "li" => {
                self.put("item", line);
                return Some("end of item");
            }
            "td" | "th" => {
                self.put("cell", line);
                return Some("");
            }
            "blockquote" => {
                self.put("quote", line);
                return Some("end of quote");
            }
            name if INLINE.contains(&name) => {}
            _ => {
                self.flush();
                return Some("");
            }
        }
        None
    }

    /// Tells of the end of an element.
    pub(crate) fn end(&mut self, end: Option<&'static str>) {
        match end {
            Some("") => self.flush(),
            Some(end) => self.put(end, 0),
            None => {}
        }
    }
}

/// The first place where the HTML does not tell what the source does; none where it tells all.
pub(crate) fn difference(source: &Story, html: &Story) -> Option<String> {
    if !source.title.is_empty() && source.title != html.title {
        return Some(format!("the title is {:?}, not {:?}", html.title, source.title));
    }
    let tells = |source: &Item, html: &Item| {
        source.text == html.text
            && (html.leads || !source.leads)
            && source.said.iter().all(|said| html.said.iter().any(|shown| has_words(shown, said)))
    };
    let pairs = source.items.iter().zip(&html.items);
    let same = pairs.take_while(|(source, html)| tells(source, html)).count();
    if same == source.items.len() && same == html.items.len() {
        return None;
    }
    let (Some(source), Some(html)) = (source.items.get(same), html.items.get(same)) else {
        let rest = |items: &[Item]| items.get(same).map(|item| item.text.clone());
        return Some(format!("source {:?}\n    html   {:?}", rest(&source.items), rest(&html.items)));
    };
    if source.text == html.text {
        return Some(format!(
            "line {}: {} says {:?}, not {:?}",
            source.line, source.text, html.said, source.said
        ));
    }
    let common = source.text.chars().zip(html.text.chars()).take_while(|(one, other)| one == other).count();
    let from = common.saturating_sub(40);
    let show = |text: &str| text.chars().skip(from).take(160).collect::<String>();
    Some(format!("line {}: source {:?}\n    html   {:?}", source.line, show(&source.text), show(&html.text)))
}

/// Whether some words stand in a text one behind the other.
fn has_words(text: &str, wanted: &str) -> bool {
    let plain = |text: &str| format!(" {} ", words(&text.replace(['`', '*'], "")));
    plain(text).contains(&plain(wanted))
}
