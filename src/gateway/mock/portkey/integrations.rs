//! Which provider the slug of an integration stands for.

use crate::gateway::credentials::placeholder;
use crate::gateway::portkey::slug_of;
use crate::gateway::profiles::{Profile, Profiles};
use crate::gateway::routing::Target;

/// An integration: a slug, and the provider behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Integration {
    /// The slug.
    pub(super) slug: String,
    /// The name of the provider, as the gateway writes it into answers.
    pub(super) provider: String,
    /// The name of the profile that answers for it.
    pub(super) profile: String,
}

/// Short names that people use in slugs, with the names that Portkey knows.
const SHORT: &[(&str, &str)] = &[
    ("azure", "azure-openai"),
    ("mistral", "mistral-ai"),
    ("gemini", "google"),
    ("vertex", "vertex-ai"),
    ("vertexai", "vertex-ai"),
    ("xai", "x-ai"),
    ("perplexity", "perplexity-ai"),
    ("together", "together-ai"),
    ("fireworks", "fireworks-ai"),
    ("claude", "anthropic"),
];

/// The integration of a slug. Slugs are the reader's to choose, so each that names a provider as a whole or as one of
/// its words stands for that provider (`openai-prod`, `team-anthropic`); a placeholder stands for any.
pub(super) fn find(portkey: &Profile, slug: &str) -> Option<Integration> {
    let slug = slug.trim_start_matches('@');
    let made = |provider: &str| {
        let (_, profile) = portkey.integrations.iter().find(|(known, _)| known == provider)?;
        Some(Integration { slug: slug.to_owned(), provider: provider.to_owned(), profile: profile.clone() })
    };
    if let Some(exact) = made(slug) {
        return Some(exact);
    }
    let lower = slug.to_lowercase();
    let padded = format!("-{}-", lower.replace(['_', '.'], "-"));
    let mut names: Vec<(&str, &str)> =
        portkey.integrations.iter().map(|(known, _)| (known.as_str(), known.as_str())).collect();
    names.extend(SHORT);
    // The longest name goes first: `azure-openai-eu` is not the provider `openai`.
    names.sort_by_key(|(name, _)| (std::cmp::Reverse(name.len()), *name));
    let found = names.iter().find(|(name, _)| padded.contains(&format!("-{name}-")));
    if let Some(named) = found.and_then(|(_, provider)| made(provider)) {
        return Some(named);
    }
    let any = placeholder(slug) || lower.contains("slug");
    any.then(|| Integration {
        slug: slug.to_owned(),
        provider: "openai".to_owned(),
        profile: "generic".to_owned(),
    })
}

/// The integration that a target names by itself; the slug where there is none of it.
pub(super) fn of_target(portkey: &Profile, target: &Target) -> Option<Result<Integration, String>> {
    let model = target.override_params.get("model").and_then(serde_json::Value::as_str);
    let slug = match (&target.provider, &target.virtual_key) {
        (Some(provider), _) => provider.as_str(),
        (None, Some(key)) => key.as_str(),
        (None, None) => model.and_then(slug_of)?.0,
    };
    let slug = slug.trim_start_matches('@');
    Some(find(portkey, slug).ok_or_else(|| slug.to_owned()))
}

/// The ids that the gateway lists: those of the providers whose models are known, each under the slug of its name.
pub(super) fn models(profiles: &Profiles, portkey: &Profile) -> Vec<String> {
    let mut ids = Vec::new();
    for (slug, name) in portkey.integrations.iter().filter(|(slug, name)| slug == name) {
        let known = profiles.get(name).map(|profile| profile.models.known.as_slice()).unwrap_or_default();
        ids.extend(known.iter().map(|id| format!("@{slug}/{id}")));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(slug: &str, provider: Option<&str>) {
        let profiles = Profiles::builtin();
        let found = find(profiles.get("portkey").unwrap(), slug);
        assert_eq!(found.as_ref().map(|found| found.provider.as_str()), provider);
    }

    #[test]
    fn a_slug_that_names_a_provider_stands_for_it() {
        check("openai", Some("openai"));
        check("openai-prod", Some("openai"));
        check("team_anthropic", Some("anthropic"));
        check("azure-openai-eu", Some("azure-openai"));
        check("my-vertex", Some("vertex-ai"));
    }

    #[test]
    fn a_slug_of_nobody_stands_for_nothing() {
        check("nope", None);
        check("antropic", None);
    }
}
