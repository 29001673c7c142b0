//! Whom the mock's hosted service knows: whoever carries its key, an integration for every provider, and any saved config.

use serde_json::{Value, json};

use super::super::credential;
use super::integrations;
use crate::gateway::credentials;
use crate::gateway::portkey::{Accounts, Integration};
use crate::gateway::profiles::{Profile, Profiles};

/// The slug behind saved configs, which stands for any provider.
const ANY: &str = "your-slug";

/// The accounts of the mock.
pub(super) struct Known<'a> {
    pub(super) profiles: &'a Profiles,
    pub(super) portkey: &'a Profile,
}

impl Accounts for Known<'_> {
    fn knows_key(&self, key: &str) -> bool {
        credential::wrong(self.portkey, self.profiles, key).is_none()
    }

    fn integration(&self, slug: &str) -> Option<Integration> {
        let found = integrations::find(self.portkey, slug)?;
        let api_key = self.profiles.get(&found.profile).map(credentials::issued_to).unwrap_or_default();
        Some(Integration {
            slug: found.slug,
            provider: found.provider,
            api_key,
            custom_host: None,
            models: None,
        })
    }

    fn config(&self, _id: &str) -> Option<Value> {
        Some(json!({"provider": format!("@{ANY}")}))
    }

    fn has_guardrail(&self, _id: &str) -> bool {
        true
    }
}
