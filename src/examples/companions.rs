//! What the fences of a page have to do with each other: providers that one declares and another uses, and files that one takes in and
//! another shows.

use std::collections::BTreeSet;

use super::clients::{Client, Clients, Mentions};
use crate::data::{Document, Node, Path, Step, Syntax};
use crate::diagnostics::Parsed;
use crate::page::Fence;

/// Data as read, before it is known whose it is.
pub(super) struct Data {
    /// Its syntax.
    pub syntax: Syntax,
    /// Its values, of which there is at least one.
    pub documents: Parsed<Vec<Document>>,
}

impl Data {
    /// Reads a fence; none where it is in no language of data.
    pub(super) fn read(fence: &Fence) -> Option<Self> {
        let syntax = Syntax::named(&fence.language)?;
        // Clients that take JSON5 take it under the name of JSON as well; whether it is JSON is asked when no client claims it.
        Some(Self { syntax, documents: crate::data::parse_all(fence.body.text(), syntax.lenient()) })
    }

    /// Its values.
    pub(super) fn documents(&self) -> Vec<Document> {
        self.documents.clone().into_parts().0
    }
}

/// A file that a configuration takes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Included {
    /// Its name, without folders.
    file: String,
    /// The client.
    client: String,
    /// Where its values stand in the whole.
    at: Path,
}

/// What the fences of a page say for all of them.
#[derive(Debug, Default)]
pub(super) struct Companions {
    /// The providers that are declared.
    pub declared: BTreeSet<String>,
    /// The names of models in files that are taken in.
    pub names: BTreeSet<String>,
    included: Vec<Included>,
}

impl Companions {
    /// Looks through the fences of a page.
    pub(super) fn of(fences: &[(&Fence, Option<Data>)], clients: &Clients, mentions: &Mentions) -> Self {
        let mut companions = Self::default();
        let owned: Vec<Vec<(&Client, Document)>> =
            fences.iter().map(|(fence, data)| recognised(fence, data.as_ref(), clients, mentions)).collect();
        for (client, document) in owned.iter().flatten() {
            let Some(include) = &client.include else { continue };
            companions.includes(client, include, &document.root, &Path::default());
        }
        for ((fence, data), owned) in fences.iter().zip(&owned) {
            match companions.place(fence, clients).map(|(client, at)| (client, at.clone())) {
                Some((client, at)) => {
                    let documents = data.as_ref().map(Data::documents).unwrap_or_default();
                    for document in documents {
                        let whole = document.root.placed(&at);
                        companions.declares(client, &whole);
                        let names = client.references.iter().flat_map(|rule| &rule.names);
                        let texts = names.flat_map(|names| names.select(&whole));
                        let texts = texts.filter_map(|(_, node)| Some(node.as_str()?.to_owned()));
                        let texts: Vec<String> = texts.collect();
                        companions.names.extend(texts);
                    }
                }
                None => {
                    for (client, document) in owned {
                        companions.declares(client, &document.root);
                    }
                }
            }
        }
        companions
    }

    /// The client and the place of a file that another fence takes in.
    pub(super) fn place<'c>(&self, fence: &Fence, clients: &'c Clients) -> Option<(&'c Client, &Path)> {
        let title = fence.attributes.title.as_deref()?;
        let is_whole = |before: &str| before.is_empty() || before.ends_with(['/', ' ']);
        let is_it = |included: &&Included| title.strip_suffix(included.file.as_str()).is_some_and(is_whole);
        let included = self.included.iter().find(is_it)?;
        Some((clients.named(&included.client)?, &included.at))
    }

    fn declares(&mut self, client: &Client, whole: &Node) {
        for selector in client.references.iter().flat_map(|rule| &rule.providers) {
            for (_, table) in selector.select(whole) {
                self.declared.extend(table.members().iter().map(|member| member.key.clone()));
            }
        }
    }

    fn includes(&mut self, client: &Client, include: &str, node: &Node, at: &Path) {
        let below = |step: Step| Path(at.0.iter().cloned().chain([step]).collect());
        if let Some(named) = node.get(include) {
            let files = named.elements().iter().chain([named]).filter_map(Node::as_str);
            let name = |file: &str| file.rsplit('/').next().unwrap_or_default().to_owned();
            let names = files.map(name).filter(|file| !file.is_empty());
            let included = |file| Included { file, client: client.name.clone(), at: at.clone() };
            self.included.extend(names.map(included));
        }
        for member in node.members() {
            self.includes(client, include, &member.value, &below(Step::Key(member.key.clone())));
        }
        for (index, element) in node.elements().iter().enumerate() {
            self.includes(client, include, element, &below(Step::Index(index)));
        }
    }
}

/// The values of a fence whose client is known, with the client.
fn recognised<'c>(
    fence: &Fence,
    data: Option<&Data>,
    clients: &'c Clients,
    mentions: &Mentions,
) -> Vec<(&'c Client, Document)> {
    let Some(data) = data else { return Vec::new() };
    let whose = |document: Document| {
        clients.recognise(fence, data.syntax, &document, mentions).map(|client| (client, document))
    };
    data.documents().into_iter().filter_map(whose).collect()
}
