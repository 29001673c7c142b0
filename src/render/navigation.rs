//! The navigation that a page carries: what it can switch to, and the entries of its own area.

mod menu;

use crate::page::{Page, Piece};
use crate::site::{Area, Choice, Directory, Entry, Route, Site, SwitchKind};

use self::menu::Menu;
use super::components::is_for_agents;
use super::languages;
use super::links::Links;
use super::views::{
    ChoiceView, ContentsView, DirectoryView, EntryView, LinkView, NavigationView, SwitchView,
};

/// Deeper areas and entries are left out; no tree of a person is deeper.
const DEPTH: usize = 16;

/// Where each page stands in the navigation, found once for all pages.
#[derive(Debug)]
pub(super) struct Places<'a> {
    site: &'a Site,
    /// By page: its place; the first one of a page that stands in several.
    ways: Vec<Option<Way>>,
    /// The areas that have entries.
    menus: Vec<(Menu<'a>, &'a Area)>,
    /// The way of a reader who has chosen nothing.
    default: Way,
}

/// The way to a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Way {
    /// The choices, outermost first: the index of the switch in its area and that of the choice.
    choices: Vec<(usize, usize)>,
    /// The index of its area among those that have entries.
    menu: Option<usize>,
    /// The indexes of the entries that lead to it, outermost first.
    entries: Vec<usize>,
    /// Its place among the pages of its area.
    order: usize,
}

/// A walk over all areas.
struct Walk<'a> {
    links: Links<'a>,
    ways: Vec<Option<Way>>,
    menus: Vec<(Menu<'a>, &'a Area)>,
    here: Way,
}

impl<'a> Places<'a> {
    /// The places in the navigation of a site.
    pub(super) fn new(site: &'a Site, links: Links<'a>) -> Self {
        let ways = vec![None; site.pages.len()];
        let mut walk = Walk { links, ways, menus: Vec::new(), here: Way::default() };
        walk.area(site, &site.navigation.root);
        let first = site.navigation.root.first_page();
        let way = first.and_then(|page| walk.ways.get(page).cloned().flatten());
        let default = Way { entries: Vec::new(), ..way.unwrap_or_default() };
        Self { site, ways: walk.ways, menus: walk.menus, default }
    }

    /// The way of a page; that of the nearest page above it where the navigation does not name it.
    fn way(&self, page: Option<usize>) -> &Way {
        let own = |page: usize| self.ways.get(page).and_then(Option::as_ref);
        let Some(index) = page else { return &self.default };
        if let Some(way) = own(index) {
            return way;
        }
        let route = self.site.pages.get(index).map(|page| page.route.clone());
        let above = std::iter::successors(route, Route::parent).skip(1);
        let mut known = above.filter_map(|route| own(self.site.page_by_route(&route)?.0));
        known.next().unwrap_or(&self.default)
    }

    /// Whether the navigation names a page.
    pub(super) fn is_listed(&self, page: usize) -> bool {
        self.ways.get(page).is_some_and(Option::is_some)
    }

    /// The pages before and after a page in its area.
    pub(super) fn neighbours(&self, page: usize) -> (Option<LinkView<'a>>, Option<LinkView<'a>>) {
        let Some(way) = self.ways.get(page).and_then(Option::as_ref) else { return (None, None) };
        let Some((menu, _)) = way.menu.and_then(|menu| self.menus.get(menu)) else { return (None, None) };
        let link = |at: usize| {
            let page = self.site.pages.get(*menu.order.get(at)?)?;
            Some(LinkView { title: title(&page.page), url: Some(menu.links.local(page.route.as_str())) })
        };
        (way.order.checked_sub(1).and_then(link), link(way.order + 1))
    }

    /// The groups above a page, outermost first, without the page itself.
    pub(super) fn breadcrumbs(&self, page: usize) -> Vec<LinkView<'a>> {
        let Some(way) = self.ways.get(page).and_then(Option::as_ref) else { return Vec::new() };
        let Some((menu, area)) = way.menu.and_then(|menu| self.menus.get(menu)) else { return Vec::new() };
        let mut entries = area.entries.as_slice();
        let mut crumbs = Vec::new();
        for at in way.entries.iter().take(way.entries.len().saturating_sub(1)) {
            let Some(entry) = entries.get(*at) else { break };
            let page = entry.page.and_then(|page| self.site.pages.get(page));
            crumbs.push(LinkView {
                title: &entry.title,
                url: page.map(|page| menu.links.local(page.route.as_str())),
            });
            entries = &entry.entries;
        }
        crumbs
    }

    /// What the page of a group lists of the group, where it does.
    pub(super) fn directory(&self, page: usize) -> Option<DirectoryView<'a>> {
        let way = self.ways.get(page).and_then(Option::as_ref)?;
        let (menu, area) = self.menus.get(way.menu?)?;
        let mut entries = area.entries.as_slice();
        let mut found: Option<&Entry> = None;
        for at in &way.entries {
            found = entries.get(*at);
            entries = found.map(|entry| entry.entries.as_slice()).unwrap_or_default();
        }
        let group = found.filter(|entry| !entry.entries.is_empty())?;
        let kind = match group.directory {
            Directory::None => return None,
            Directory::Cards => "cards",
            Directory::Accordion => "accordion",
        };
        Some(DirectoryView { kind, entries: menu.views(&group.entries, DEPTH) })
    }

    /// The language of a page, where the navigation has several.
    pub(super) fn language(&self, page: Option<usize>) -> Option<&'a str> {
        let choices = &self.way(page).choices;
        let mut area = &self.site.navigation.root;
        for (switch, choice) in choices {
            let switch = area.switches.get(*switch)?;
            let choice = switch.choices.get(*choice)?;
            if switch.kind == SwitchKind::Language {
                return Some(&choice.title);
            }
            area = &choice.area;
        }
        None
    }

    /// The navigation as a page carries it; `None` for a page that stands nowhere in it.
    pub(super) fn view(
        &self,
        tera: &tera::Tera,
        links: Links<'a>,
        page: Option<usize>,
    ) -> Result<NavigationView<'a>, tera::Error> {
        let way = self.way(page);
        let is_own = page.is_some_and(|page| self.is_listed(page));
        let mut view = NavigationView::default();
        let mut area = &self.site.navigation.root;
        let mut shared: Vec<&Choice> = area.links.iter().collect();
        for at in 0..=way.choices.len().min(DEPTH) {
            let chosen = way.choices.get(at).copied();
            for (index, switch) in area.switches.iter().enumerate() {
                let current = chosen.filter(|(switch, _)| *switch == index).map(|(_, choice)| choice);
                view.switches.push(self.switch(links, switch, current, page));
            }
            let next = chosen.and_then(|(switch, choice)| area.switches.get(switch)?.choices.get(choice));
            let Some(next) = next else { break };
            area = &next.area;
            shared.extend(&area.links);
        }
        view.links = shared.into_iter().map(|choice| self.choice(links, choice)).collect();
        if let Some((menu, _)) = way.menu.and_then(|menu| self.menus.get(menu)) {
            view.menu = menu.html(tera, is_own.then_some(way.entries.as_slice()))?;
        }
        Ok(view)
    }

    /// The entries of the first area down to the second level, for a page that lists the site.
    pub(super) fn sections(&self) -> Vec<EntryView<'a>> {
        let menu = self.default.menu.and_then(|menu| self.menus.get(menu));
        menu.map_or_else(Vec::new, |(menu, area)| menu.views(&area.entries, 2))
    }

    fn switch(
        &self,
        links: Links<'a>,
        switch: &'a crate::site::Switch,
        current: Option<usize>,
        page: Option<usize>,
    ) -> SwitchView<'a> {
        let choices = switch.choices.iter().enumerate();
        let shown = choices.filter(|(index, choice)| !choice.hidden || current == Some(*index));
        let choices: Vec<ChoiceView> = shown
            .map(|(index, choice)| {
                let mut view = self.choice(links, choice);
                view.current = current == Some(index);
                if switch.kind == SwitchKind::Language {
                    view.language = Some(languages::tag(&choice.title));
                    view.title = languages::name(&choice.title);
                    // The same page in another language is what its reader looks for.
                    let same = page.and_then(|page| self.translated(page, &choice.title));
                    if let Some(page) = same.and_then(|page| self.site.pages.get(page)) {
                        view.url = Some(links.local(page.route.as_str()));
                    }
                }
                view
            })
            .collect();
        let title = choices.iter().find(|choice| choice.current).map_or("", |choice| choice.title);
        SwitchView { kind: switch.kind.as_str(), title, choices }
    }

    fn choice(&self, links: Links<'_>, choice: &'a Choice) -> ChoiceView<'a> {
        let first = || Some(links.local(self.site.pages.get(choice.area.first_page()?)?.route.as_str()));
        ChoiceView {
            title: &choice.title,
            description: choice.description.as_deref(),
            icon: choice.icon.as_deref(),
            tag: choice.tag.as_deref(),
            url: choice.link.as_deref().map(|link| links.address(link)).or_else(first),
            language: None,
            current: false,
        }
    }

    /// The page that is a translation of `page` into a language, by its address: all but the default language stand below
    /// their tags.
    pub(super) fn translated(&self, page: usize, language: &str) -> Option<usize> {
        let route = &self.site.pages.get(page)?.route;
        let languages = self.site.navigation.languages();
        let is_tag = |segment: &str| languages.iter().any(|choice| choice.title == segment);
        let segments: Vec<String> = route.segments().collect();
        let rest = segments.iter().skip(usize::from(segments.first().is_some_and(|first| is_tag(first))));
        let bare = format!("/{}", rest.cloned().collect::<Vec<_>>().join("/"));
        let below = Route::parse(&format!("/{language}{bare}"));
        let own = below.and_then(|route| self.site.page_by_route(&route));
        let by_default = languages.first().is_some_and(|choice| choice.title == language);
        let bare = || self.site.page_by_route(&Route::parse(&bare)?).filter(|_| by_default);
        own.or_else(bare).map(|(page, _)| page)
    }
}

impl<'a> Walk<'a> {
    fn area(&mut self, site: &'a Site, area: &'a Area) {
        if self.here.choices.len() < DEPTH {
            for (switch, of) in area.switches.iter().enumerate() {
                for (choice, to) in of.choices.iter().enumerate() {
                    self.here.choices.push((switch, choice));
                    self.area(site, &to.area);
                    self.here.choices.pop();
                }
            }
        }
        if area.entries.is_empty() {
            return;
        }
        self.here.menu = Some(self.menus.len());
        let mut order = Vec::new();
        self.entries(&area.entries, &mut order);
        self.menus.push((Menu::new(site, self.links, &area.entries, order), area));
        self.here.menu = None;
    }

    fn entries(&mut self, entries: &'a [Entry], order: &mut Vec<usize>) {
        if self.here.entries.len() >= DEPTH {
            return;
        }
        for (at, entry) in entries.iter().enumerate() {
            self.here.entries.push(at);
            if let Some(page) = entry.page
                && let Some(known) = self.ways.get_mut(page)
            {
                if known.is_none() {
                    *known = Some(Way { order: order.len(), ..self.here.clone() });
                }
                order.push(page);
            }
            self.entries(&entry.entries, order);
            self.here.entries.pop();
        }
    }
}

/// The headings of the second and third level.
pub(super) fn contents(page: &Page) -> Vec<ContentsView<'_>> {
    let mut found = Vec::new();
    // What agents alone are to read is not in the HTML, and cannot be led to.
    let mut open = Vec::new();
    for (piece, _) in &page.pieces {
        match piece {
            Piece::ComponentStart(index) => open.push(page.components.get(*index).is_some_and(is_for_agents)),
            Piece::ComponentEnd(_) => {
                open.pop();
            }
            Piece::HeadingStart(index) if !open.contains(&true) => found.extend(page.headings.get(*index)),
            _ => {}
        }
    }
    let found = found.into_iter().filter(|heading| matches!(heading.level, 2 | 3));
    found.map(|heading| ContentsView { level: heading.level, id: &heading.id, text: &heading.text }).collect()
}

/// The title of a page in lists.
fn title(page: &Page) -> &str {
    page.front.nav_title.as_deref().unwrap_or(&page.front.title)
}
