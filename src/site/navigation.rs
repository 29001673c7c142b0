//! The navigation of a site: areas that a reader switches between, and the entries of each.

mod folders;

pub(super) use folders::navigation as of_folders;

/// The navigation of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Navigation {
    /// All of it.
    pub root: Area,
    /// All pages of the navigation in reading order, each once, as indexes into [`super::Site::pages`].
    pub order: Vec<usize>,
}

/// A part of the navigation: what its reader can switch to, and the entries beside the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Switches between the areas inside this one.
    pub switches: Vec<Switch>,
    /// Groups and pages.
    pub entries: Vec<Entry>,
    /// Links that every page of the area has.
    pub links: Vec<Choice>,
}

/// A switch between areas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// What it switches.
    pub kind: SwitchKind,
    /// What can be chosen, in order.
    pub choices: Vec<Choice>,
}

/// What a switch switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SwitchKind {
    /// The language of the pages.
    Language,
    /// The version of what is documented.
    Version,
    /// What is documented.
    Product,
    /// A large section, chosen from a list.
    Dropdown,
    /// A large section, chosen from a bar.
    Tab,
    /// A large section, chosen above the entries.
    Anchor,
    /// A section of a tab.
    Menu,
}

impl SwitchKind {
    /// The word for one choice, as `docs.json` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Version => "version",
            Self::Product => "product",
            Self::Dropdown => "dropdown",
            Self::Tab => "tab",
            Self::Anchor => "anchor",
            Self::Menu => "item",
        }
    }
}

/// One choice of a switch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Its name; a language is named by its tag.
    pub title: String,
    /// What it holds, in a sentence.
    pub description: Option<String>,
    /// The name of its icon.
    pub icon: Option<String>,
    /// A word or two beside the name.
    pub tag: Option<String>,
    /// It is what a reader gets who has not chosen.
    pub default: bool,
    /// It is not shown, though its pages are there.
    pub hidden: bool,
    /// An address outside of the navigation, in place of an area.
    pub link: Option<String>,
    /// What it leads to.
    pub area: Area,
}

/// An entry beside the text: a page, a group, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its text.
    pub title: String,
    /// Its page, as an index into [`super::Site::pages`]; a group may have none.
    pub page: Option<usize>,
    /// An address elsewhere that it leads to, in place of a page.
    pub link: Option<String>,
    /// The name of its icon.
    pub icon: Option<String>,
    /// A word or two beside the text.
    pub tag: Option<String>,
    /// Whether it is shown opened.
    pub expanded: bool,
    /// How its page lists what stands below it.
    pub directory: Directory,
    /// What stands below it.
    pub entries: Vec<Entry>,
}

/// How the page of a group lists the pages of the group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Directory {
    /// Not at all.
    #[default]
    None,
    /// As cards.
    Cards,
    /// As a list that can be folded.
    Accordion,
}

impl Navigation {
    /// A navigation with its reading order.
    pub(super) fn new(root: Area) -> Self {
        let mut order = Vec::new();
        root.walk(&mut |entry| order.extend(entry.page));
        let mut seen = std::collections::HashSet::new();
        order.retain(|page| seen.insert(*page));
        Self { root, order }
    }

    /// The languages of the site with the area of each, the one that is read by default first; empty where it has but one.
    pub fn languages(&self) -> Vec<&Choice> {
        let languages = self.root.switches.iter().find(|switch| switch.kind == SwitchKind::Language);
        let mut choices: Vec<&Choice> =
            languages.map_or_else(Vec::new, |switch| switch.choices.iter().collect());
        choices.sort_by_key(|choice| !choice.default);
        choices
    }
}

impl Area {
    /// Calls `visit` for every entry in reading order; the choice of a default comes at its place like the others.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Entry)) {
        for choice in self.switches.iter().flat_map(|switch| &switch.choices) {
            choice.area.walk(visit);
        }
        for entry in &self.entries {
            entry.walk(visit);
        }
    }

    /// The first page of the area; none where it has none.
    pub fn first_page(&self) -> Option<usize> {
        let inner = self.switches.iter().find_map(|switch| {
            let by_default = switch.choices.iter().filter(|choice| choice.default);
            by_default.chain(&switch.choices).find_map(|choice| choice.area.first_page())
        });
        inner.or_else(|| self.entries.iter().find_map(Entry::first_page))
    }
}

impl Entry {
    fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Entry)) {
        visit(self);
        for entry in &self.entries {
            entry.walk(visit);
        }
    }

    /// Its page, or the first one below it.
    pub fn first_page(&self) -> Option<usize> {
        self.page.or_else(|| self.entries.iter().find_map(Self::first_page))
    }
}
