//! The endpoints that a configuration names: each is called, provider by provider and model by model.

use super::config::Placed;
use super::{Probe, Surroundings, unfilled};
use crate::data::{Member, Node, Path, Step, Value};
use crate::diagnostics::{Code, Problem};
use crate::examples::anchors::{self, Anchors, BodyAnchor, HeaderAnchor};
use crate::examples::clients::{EndpointRule, KnownProvider, Route};
use crate::examples::probe::{self, Obstacle, Target};
use crate::source::{Excerpt, Span};

/// An endpoint as the configuration writes it.
pub(super) struct Endpoint<'a> {
    rule: &'a EndpointRule,
    /// Its key, where it has one, else its value; in the text of the fence.
    whole: Span,
    base_url: Option<&'a Node>,
    credential: Option<&'a Node>,
    credential_variable: Option<&'a Node>,
    /// The credential comes from elsewhere.
    gets_credential: bool,
    headers: &'a [Member],
    header_variables: &'a [Member],
    dialect: Option<&'a Node>,
    known: Option<&'a KnownProvider>,
}

/// A model to ask for.
pub(super) struct Model<'a> {
    /// Its id.
    pub id: &'a str,
    /// Where the id stands in the text of the fence.
    pub span: Span,
}

/// The requests for all models that stand at their endpoints.
pub(super) fn probes(
    placed: &Placed<'_>,
    around: &Surroundings<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Probe> {
    let mut probes = Vec::new();
    for rule in &placed.client.endpoints {
        for (path, node) in rule.each.iter().flat_map(|each| each.select(&placed.whole)) {
            let mut excepted = rule.unless.iter().flat_map(|unless| unless.select(node));
            if excepted.any(|(_, value)| value.as_bool() == Some(true)) {
                continue;
            }
            let endpoint = Endpoint::read(placed, rule, &path, node);
            let asked = models(rule, node).into_iter();
            let given =
                |model: &Model<'_>| !placed.client.given_elsewhere.iter().any(|text| text == model.id);
            for model in asked.filter(given) {
                probes.extend(endpoint.probe(placed, around, &model, problems));
            }
        }
    }
    probes
}

/// The models that stand at an endpoint, as values and as keys.
fn models<'a>(rule: &EndpointRule, node: &'a Node) -> Vec<Model<'a>> {
    let values = rule.models.iter().flat_map(|models| models.select(node));
    let mut found: Vec<Model<'a>> =
        values.filter_map(|(_, model)| Some(Model { id: model.as_str()?, span: model.span })).collect();
    for (_, table) in rule.model_keys.iter().flat_map(|keys| keys.select(node)) {
        found.extend(table.members().iter().map(|member| {
            let own = rule.model_id.as_ref().and_then(|key| member.value.get(key));
            match own.and_then(|own| Some((own.as_str()?, own.span))) {
                Some((id, span)) => Model { id, span },
                None => Model { id: &member.key, span: member.key_span },
            }
        }));
    }
    found
}

/// Says what a provider lacks that the client does not know by itself.
pub(super) fn required(placed: &Placed<'_>, problems: &mut Vec<Problem>) {
    if placed.partial {
        return;
    }
    for rule in &placed.client.endpoints {
        for (path, node) in rule.each.iter().flat_map(|each| each.select(&placed.whole)) {
            let Some(member) = placed.member(&path) else { continue };
            let known = placed
                .client
                .providers
                .iter()
                .any(|known| !known.needs_declaration && known.name.eq_ignore_ascii_case(&member.key));
            if known || !matches!(node.value, Value::Object(_)) {
                continue;
            }
            let lacking: Vec<&String> = rule.required.iter().filter(|key| is_empty(node.get(key))).collect();
            let Some(first) = lacking.first() else { continue };
            let message = format!("the provider `{}` lacks the key `{first}`", member.key);
            let title =
                format!("{} {} knows no provider of this name", placed.client.title, placed.client.version);
            problems.push(Problem::new(Code::MissingKey, member.key_span, message).label(title));
        }
    }
}

/// Nothing, or a text of no letters, which programs read as nothing.
fn is_empty(node: Option<&Node>) -> bool {
    node.is_none_or(|node| node.as_str().is_some_and(str::is_empty))
}

/// The endpoint of a provider that the configuration declares under this name.
pub(super) fn named<'a>(placed: &'a Placed<'_>, name: &str) -> Option<Endpoint<'a>> {
    placed.client.endpoints.iter().find_map(|rule| {
        let mut found = rule.each.iter().flat_map(|each| each.select(&placed.whole));
        let named = |(path, _): &(Path, &Node)| path.0.last() == Some(&Step::Key(name.to_owned()));
        found.find(named).map(|(path, node)| Endpoint::read(placed, rule, &path, node))
    })
}

impl<'a> Endpoint<'a> {
    fn read(placed: &'a Placed<'_>, rule: &'a EndpointRule, path: &Path, node: &'a Node) -> Self {
        let first = |selector: &Option<crate::data::select::Selector>| {
            selector
                .as_ref()
                .and_then(|selector| selector.select(node).into_iter().next())
                .map(|(_, node)| node)
        };
        let name = match (&rule.provider, path.0.last()) {
            (Some(_), _) => first(&rule.provider).and_then(Node::as_str),
            (None, Some(Step::Key(name))) => Some(name.as_str()),
            (None, _) => None,
        };
        let mut elsewhere = rule.credential_elsewhere.iter().flat_map(|place| place.select(node));
        Self {
            rule,
            gets_credential: elsewhere.any(|(_, value)| value.as_bool() != Some(false)),
            whole: placed.member(path).map_or(node.span, |member| member.key_span),
            base_url: first(&rule.base_url),
            credential: first(&rule.credential),
            credential_variable: first(&rule.credential_variable),
            headers: first(&rule.headers).map(Node::members).unwrap_or_default(),
            header_variables: first(&rule.header_variables).map(Node::members).unwrap_or_default(),
            dialect: first(&rule.dialect),
            known: name.and_then(|name| placed.client.providers.iter().find(|known| known.name == name)),
        }
    }

    /// The request for a model; none where something that it needs is left open.
    pub(super) fn probe(
        &self,
        placed: &Placed<'_>,
        around: &Surroundings<'_>,
        model: &Model<'_>,
        problems: &mut Vec<Problem>,
    ) -> Option<Probe> {
        let body = &placed.fence.body;
        let route = self.rule.routes.iter().find(|route| model.id.starts_with(route.prefix.as_str()));
        let id = route.map_or(model.id, |route| model.id.get(route.prefix.len()..).unwrap_or_default());
        let base_url = match self.base_url {
            Some(node) => {
                let text = node.as_str()?;
                // What the client does not fill in is said where it stands.
                substitute(placed, around, text).filter(|_| unfilled::literal(placed, text).is_none())?
            }
            None => route
                .and_then(|route| route.base_url.clone())
                .or_else(|| self.known.and_then(|known| known.base_url.clone()))?,
        };
        if base_url.contains(['<', '>']) || placed.client.given_elsewhere.contains(&base_url) {
            // The reader fills it in, or gives it to the program at another place.
            return None;
        }
        let dialect = match (self.dialect.and_then(Node::as_str), route) {
            (Some(name), _) => {
                self.rule.dialects.iter().find(|(known, _)| known == name).map(|(_, ours)| ours.as_str())?
            }
            (None, Some(route)) => route.dialect.as_str(),
            (None, None) => self
                .known
                .and_then(|known| known.dialect.as_deref())
                .or(self.rule.default_dialect.as_deref())?,
        };
        if let (Some(node), Some(problem)) = (self.base_url, self.doubled(around, &base_url, dialect)) {
            problems.push(Problem { span: node.span, ..problem });
            return None;
        }
        let credential = self.credential(placed, around, route);
        let headers = self.headers(placed, around);
        let target = Target {
            base_url: &base_url,
            dialect,
            model: id,
            credential: credential.as_deref(),
            headers: headers
                .iter()
                .map(|header| (header.name.clone(), header.value.text().to_owned()))
                .collect(),
        };
        let anchors = self.anchors(body, headers, model);
        match probe::request(target) {
            Ok(request) => Some(Probe { request, anchors }),
            Err(Obstacle::Dialect(_)) => None,
            Err(Obstacle::NotAnAddress(text)) => {
                let span = self.base_url.map_or(self.whole, |node| node.span);
                let problem = Problem::new(Code::WrongPath, span, format!("`{text}` is not an address"))
                    .label("no `http://` or `https://` with a host");
                problems.push(
                    problem.help("write the address with its scheme, such as `https://api.portkey.ai/v1`"),
                );
                None
            }
        }
    }

    /// What is wrong with a base URL that has the path already which the client adds, where no provider is known to say so.
    fn doubled(&self, around: &Surroundings<'_>, base_url: &str, dialect: &str) -> Option<Problem> {
        let path = probe::doubled(base_url, dialect)?;
        let url = reqwest::Url::parse(base_url).ok()?;
        let known = around.mock.profiles().at(url.host_str()?, url.port_or_known_default()?);
        let message = format!("`{path}` is added to the base URL");
        let problem = Problem::new(Code::WrongPath, self.whole, message).label("it would stand twice");
        known.is_none().then(|| problem.help(format!("take `{path}` away")))
    }

    fn anchors(&self, body: &Excerpt, headers: Vec<HeaderAnchor>, model: &Model<'_>) -> Anchors {
        let whole = body.locate(self.whole);
        let own = self.credential.or(self.credential_variable).map(|node| body.locate(node.span));
        let secret = |header: &&HeaderAnchor| crate::gateway::exchange::is_secret_name(&header.name);
        let credential = own.or_else(|| headers.iter().rev().find(secret).map(|header| header.value.span()));
        Anchors {
            whole,
            url: self.base_url.and_then(|node| anchors::string(node, body)),
            method: None,
            credential,
            headers,
            body: BodyAnchor::Model(body.locate(model.span)),
        }
    }

    /// What the client sends as credential.
    fn credential(
        &self,
        placed: &Placed<'_>,
        around: &Surroundings<'_>,
        route: Option<&Route>,
    ) -> Option<String> {
        let issued = |name: &str| placed.variable(around, name);
        match self.credential {
            Some(node) => match &node.value {
                Value::String(text) if placed.client.given_elsewhere.contains(text) => issued("API_KEY"),
                // A variable that nothing is known of holds what the reader has.
                Value::String(text) => substitute(placed, around, text).or_else(|| issued("API_KEY")),
                // A reference to a secret that is kept elsewhere.
                Value::Object(_) => {
                    node.get("id").and_then(Node::as_str).and_then(issued).or_else(|| issued("API_KEY"))
                }
                _ => issued("API_KEY"),
            },
            None => match self
                .credential_variable
                .and_then(Node::as_str)
                .or_else(|| self.known?.variable.as_deref())
                .or_else(|| route?.variable.as_deref())
            {
                Some(variable) => issued(variable).or_else(|| issued("API_KEY")),
                // What a fragment leaves out stands elsewhere.
                None if placed.partial || self.gets_credential => issued("API_KEY"),
                None => None,
            },
        }
    }

    fn headers(&self, placed: &Placed<'_>, around: &Surroundings<'_>) -> Vec<HeaderAnchor> {
        let body = &placed.fence.body;
        let header = |member: &Member| {
            let value = anchors::string(&member.value, body)?;
            // A variable that nothing is known of is sent like a gap that the reader fills.
            let text = substitute(placed, around, value.text()).unwrap_or_else(|| value.text().to_owned());
            let value = if text == value.text() { value } else { replaced(body, member.value.span, &text) };
            Some(HeaderAnchor { name: member.key.to_lowercase(), key: body.locate(member.key_span), value })
        };
        let held = |member: &Member| {
            let name = member.value.as_str()?;
            let text = placed.variable(around, name).unwrap_or_else(|| format!("${{{name}}}"));
            let value = replaced(body, member.value.span, &text);
            Some(HeaderAnchor { name: member.key.to_lowercase(), key: body.locate(member.key_span), value })
        };
        let plain = self.headers.iter().filter_map(header);
        plain.chain(self.header_variables.iter().filter_map(held)).collect()
    }
}

/// A text that stands for a whole value.
fn replaced(body: &Excerpt, span: Span, text: &str) -> Excerpt {
    let mut excerpt = body.rebuild(span.start);
    excerpt.decoded(text, span);
    excerpt.finish()
}

/// A text with its variables filled in; none where the reader would have no value for one.
fn substitute(placed: &Placed<'_>, around: &Surroundings<'_>, text: &str) -> Option<String> {
    let value = |name: &str| placed.variable(around, name);
    if placed.client.file_values.iter().any(|form| form.stands_in(text)) {
        return None;
    }
    let mut filled = text.to_owned();
    for form in &placed.client.variables {
        filled = form.fill(&filled, &value)?;
    }
    Some(filled)
}
