//! The closed set of codes, with the text that explains each.

use super::{Severity, nearest};

/// What a code means, for `proofpress explain` and the manual.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code.
    pub code: Code,
    /// Its name in reports, in kebab case.
    pub name: &'static str,
    /// How much it weighs unless something else is known.
    pub severity: Severity,
    /// One sentence: what is wrong.
    pub meaning: &'static str,
    /// An example that draws it.
    pub wrong: &'static str,
    /// The same example, right.
    pub right: &'static str,
}

/// Declares the codes once, as enum and as table, in the same order.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident $name:literal $severity:ident { $wrong:literal => $right:literal })+) => {
        /// What kind of mistake a diagnostic speaks of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = $doc])+ $code,)+
        }

        impl Code {
            /// Every code with its explanation, in the order of the manual.
            pub const ALL: &'static [Explanation] = &[
                $(Explanation {
                    code: Code::$code,
                    name: $name,
                    severity: Severity::$severity,
                    meaning: concat!($($doc),+),
                    wrong: $wrong,
                    right: $right,
                },)+
            ];
        }
    };
}

codes! {
    // What a page is written in.

    /// The front matter of a page cannot be used as it stands.
    FrontMatter "front-matter" Error { "---\ntitle: [a, b]\n---" => "---\ntitle: A and B\n---" }
    /// A fence is never closed, so that the rest of the page is code.
    UnclosedFence "unclosed-fence" Error { "```json\n{ \"a\": 1 }\n\nAnd so on." => "```json\n{ \"a\": 1 }\n```\n\nAnd so on." }
    /// A fence stands where the Markdown rules swallow it, such as four spaces deep or inside a tag; it is read as a fence all the same.
    HiddenFence "hidden-fence" Warning { "<div>\n```json\n{ \"a\": 1 }\n```\n</div>" => "<div>\n\n```json\n{ \"a\": 1 }\n```\n\n</div>" }
    /// An attribute of a component is unknown; one of a fence is unknown and looks like a known one, or changes nothing.
    UnknownAttribute "unknown-attribute" Warning { "```json clinet=openclaw\n{ \"gateway\": { \"port\": 18789 } }\n```" => "```json client=openclaw\n{ \"gateway\": { \"port\": 18789 } }\n```" }
    /// An attribute of a fence has a value that cannot be read.
    BadAttribute "bad-attribute" Error { "```bash timeout=soon\necho \"gpt-5\"\n```" => "```bash timeout=30s\necho \"gpt-5\"\n```" }
    /// A tag that looks like a component has a name that neither Proofpress nor the site knows; what stands inside is shown.
    UnknownComponent "unknown-component" Warning { "<Nte>Mind the gap.</Nte>" => "<Note>Mind the gap.</Note>" }
    /// A component is never closed, or closed in the wrong order; it is ended where what is around it ends.
    UnclosedComponent "unclosed-component" Error { "<Steps>\n<Step title=\"One\">\nGo.\n</Steps>" => "<Steps>\n<Step title=\"One\">\nGo.\n</Step>\n</Steps>" }
    /// A closing tag that closes nothing; it is not shown.
    StrayTag "stray-tag" Error { "<Note>\nMind the gap.\n</Note>\n</Note>" => "<Note>\nMind the gap.\n</Note>" }
    /// The tag of a component cannot be read as it stands.
    BadComponent "bad-component" Error { "<Card title=Portkey />" => "<Card title=\"Portkey\" />" }
    /// A component stands where it means nothing, or holds what it does not show; the page still shows all of it.
    MisplacedComponent "misplaced-component" Warning { "<Step title=\"One\">\nGo.\n</Step>" => "<Steps>\n<Step title=\"One\">\nGo.\n</Step>\n</Steps>" }
    /// A formula of a page with `math: true` is no TeX; it is shown as it is written.
    Formula "formula" Warning { "---\nmath: true\n---\n\nIt grows as $x^2^3$." => "---\nmath: true\n---\n\nIt grows as ${x^2}^3$." }
    /// The name of an icon is none that we know; nothing is shown in its place.
    UnknownIcon "unknown-icon" Warning { "<Card title=\"Start\" icon=\"rokket\" />" => "<Card title=\"Start\" icon=\"rocket\" />" }
    /// A snippet, or a value that is imported from another page, is not there.
    MissingSnippet "missing-snippet" Error { "import Install from \"/snippets/instal.mdx\"\n\n<Install />" => "import Install from \"/snippets/install.mdx\"\n\n<Install />" }
    /// A snippet shows itself, or snippets stand too deep in each other; it is left out.
    SnippetLoop "snippet-loop" Error { "import Install from \"/snippets/install.mdx\"\n\n<Install />\n\n(in `snippets/install.mdx` itself)" => "import Install from \"/snippets/install.mdx\"\n\n<Install />\n\n(on a page)" }
    /// A component or a value is written in JavaScript, which is not run; of a component only what stands inside is shown.
    ScriptComponent "script-component" Warning { "export const Year = () => <b>{new Date().getFullYear()}</b>\n\nSince <Year />." => "export const year = 2026\n\nSince {year}." }
    /// An attribute of an HTML tag is to run JavaScript on an event; it is left out.
    EventHandler "event-handler" Warning { "<button onClick={() => copy()}>Copy</button>" => "<button>Copy</button>" }
    /// A link leads to a page, a heading or a file that the site does not have.
    BrokenLink "broken-link" Error { "[Portkey](/providers/portky)" => "[Portkey](/providers/portkey)" }
    /// Two pages claim one address.
    RouteTaken "route-taken" Error { "content/guide.md\ncontent/guide/index.md" => "content/guide/index.md" }
    /// The navigation names a page that is not there.
    MissingPage "missing-page" Warning { "\"pages\": [\"index\", \"guides/portkye\"]" => "\"pages\": [\"index\", \"guides/portkey\"]" }
    /// A page is in no navigation, so that only links and searches lead to it.
    UnlistedPage "unlisted-page" Warning { "\"pages\": [\"index\"]" => "\"pages\": [\"index\", \"guides/portkey\"]" }
    /// A redirect leads nowhere, in a circle or over another redirect, or it is behind a page that has its address.
    Redirect "redirect" Error { "\"source\": \"/old\", \"destination\": \"/old\"" => "\"source\": \"/old\", \"destination\": \"/new\"" }
    /// A template is missing, or cannot be rendered.
    Template "template" Error { "{{ page.titel }}" => "{{ page.title }}" }
    /// A setting in `proofpress.toml` or `docs.json` is unknown or of the wrong type.
    Setting "setting" Error { "[site]\ntitel = \"Docs\"" => "[site]\ntitle = \"Docs\"" }
    /// A file of the site cannot be read as text.
    UnreadableFile "unreadable-file" Error { "content/cafe.md, saved as Latin-1" => "content/cafe.md, saved as UTF-8" }

    // Data of every kind.

    /// The text does not follow the rules of its language.
    Syntax "syntax" Error { "{ \"a\": 1 \"b\": 2 }" => "{ \"a\": 1, \"b\": 2 }" }
    /// A key stands twice in one object; programs keep the last one or refuse both.
    DuplicateKey "duplicate-key" Warning { "{ \"a\": 1, \"a\": 2 }" => "{ \"a\": 2 }" }
    /// A value that looks like a real secret stands on the page, where everyone can use it.
    RealSecret "real-secret" Error { "apiKey: \"sk-proj-4f9c…\"" => "apiKey: \"${OPENAI_API_KEY}\"" }

    // Configurations against their schema.

    /// A key that the program does not know, at the place where it stands.
    UnknownKey "unknown-key" Error { "{ gateway: { prt: 18789 } }" => "{ gateway: { port: 18789 } }" }
    /// A value of a type that the program refuses at this place.
    WrongType "wrong-type" Error { "{ gateway: { port: \"18789\" } }" => "{ gateway: { port: 18789 } }" }
    /// A value outside the closed set that the program takes.
    UnknownValue "unknown-value" Error { "{ gateway: { mode: \"locl\" } }" => "{ gateway: { mode: \"local\" } }" }
    /// A key that the program requires is not there.
    MissingKey "missing-key" Error { "{ models: { providers: { example: { models: [] } } } }" => "{ models: { providers: { example: { baseUrl: \"https://llm.example.com/v1\", models: [] } } } }" }
    /// A number, text or list outside the bounds that the program sets.
    OutOfBounds "out-of-bounds" Error { "{ gateway: { port: 70000 } }" => "{ gateway: { port: 18789 } }" }
    /// An environment variable that the program does not read, such as one with a misspelt name or with that of an older version.
    UnknownVariable "unknown-variable" Warning { "```dotenv\nOPENCLAW_GATEWAY_TOKN=YOUR_TOKEN\n```" => "```dotenv\nOPENCLAW_GATEWAY_TOKEN=YOUR_TOKEN\n```" }
    /// A variable in an address, a credential or a header that the program does not fill in, so that its name is sent as it stands.
    LiteralVariable "literal-variable" Error { "```yaml\nmodel_list:\n  - model_name: fast\n    litellm_params:\n      model: openai/gpt-5\n      api_key: ${OPENAI_API_KEY}\n```" => "```yaml\nmodel_list:\n  - model_name: fast\n    litellm_params:\n      model: openai/gpt-5\n      api_key: os.environ/OPENAI_API_KEY\n```" }
    /// A configuration reads an environment variable that the page names nowhere else, so that nobody knows that it is to be set; the name of a credential speaks for itself.
    UntoldVariable "untold-variable" Warning { "```json5\n{ models: { providers: { acme: { baseUrl: \"${ACME_URL}\", models: [] } } } }\n```" => "```json5\n{ models: { providers: { acme: { baseUrl: \"${ACME_URL}\", models: [] } } } }\n```\n\nSet `ACME_URL` to the address of your gateway." }
    /// A name that the program does not know, or that the configuration declares nowhere, such as that of an agent or a channel.
    UndeclaredName "undeclared-name" Error { "{ channels: { telgram: { enabled: true } } }" => "{ channels: { telegram: { enabled: true } } }" }
    /// A value that the schema refuses for a reason that no other code names, such as two settings that exclude each other.
    Schema "schema" Error { "{ plugins: { entries: { \"memory-wiki\": { config: { vaultMode: \"unsafe-local\", vault: { scope: \"agent\" } } } } } }" => "{ plugins: { entries: { \"memory-wiki\": { config: { vaultMode: \"isolated\", vault: { scope: \"agent\" } } } } } }" }
    /// A configuration that the program itself refuses, which is installed here and was asked, for a reason that no other code names.
    RefusedByProgram "refused-by-program" Error { "a key that the installed version of the program has dropped" => "the key that the installed version reads" }
    /// A model reference names a provider that neither the configuration nor the client knows.
    UnknownProvider "unknown-provider" Error { "{ agents: { defaults: { model: \"antropic/claude-sonnet-4-5\" } } }" => "{ agents: { defaults: { model: \"anthropic/claude-sonnet-4-5\" } } }" }
    /// A model reference names a model that is declared nowhere.
    UndeclaredModel "undeclared-model" Error { "model_list:\n  - model_name: fast\n    litellm_params:\n      model: openai/gpt-5\n      api_key: os.environ/OPENAI_API_KEY\nrouter_settings:\n  default_fallbacks: [fasst]" => "model_list:\n  - model_name: fast\n    litellm_params:\n      model: openai/gpt-5\n      api_key: os.environ/OPENAI_API_KEY\nrouter_settings:\n  default_fallbacks: [fast]" }
    /// A model reference is not of the form that the client reads.
    ReferenceForm "reference-form" Warning { "{ agents: { defaults: { model: \"claude-sonnet-4-5\" } } }" => "{ agents: { defaults: { model: \"anthropic/claude-sonnet-4-5\" } } }" }

    // Requests, as the provider answers them.

    /// A request that the provider answers with 401 because it carries no credential, or not in the place where the provider looks.
    MissingCredential "missing-credential" Error { "curl https://api.openai.com/v1/models" => "curl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"" }
    /// A credential that is not one of the provider that is called.
    WrongCredential "wrong-credential" Error { "curl https://api.portkey.ai/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"" => "curl https://api.portkey.ai/v1/models -H \"Authorization: Bearer $PORTKEY_API_KEY\"" }
    /// A model that the provider does not offer.
    UnknownModel "unknown-model" Error { "curl https://api.openai.com/v1/responses -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n  -H \"Content-Type: application/json\" -d '{\"model\": \"gpt-5-ultra\", \"input\": \"Hello\"}'" => "curl https://api.openai.com/v1/responses -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n  -H \"Content-Type: application/json\" -d '{\"model\": \"gpt-5\", \"input\": \"Hello\"}'" }
    /// A model id that is not of the form that the provider reads.
    ModelForm "model-form" Error { "curl https://api.portkey.ai/v1/chat/completions -H \"x-portkey-api-key: $PORTKEY_API_KEY\" \\\n  -H \"Content-Type: application/json\" \\\n  -d '{\"model\": \"anthropic/claude-sonnet-4-5\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'" => "curl https://api.portkey.ai/v1/chat/completions -H \"x-portkey-api-key: $PORTKEY_API_KEY\" \\\n  -H \"Content-Type: application/json\" \\\n  -d '{\"model\": \"@anthropic/claude-sonnet-4-5\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'" }
    /// A path that the provider does not serve, such as a base URL without its `/v1`.
    WrongPath "wrong-path" Error { "curl https://api.openai.com/models -H \"Authorization: Bearer $OPENAI_API_KEY\"" => "curl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"" }
    /// A method that the provider does not take at this path.
    WrongMethod "wrong-method" Error { "curl -X DELETE https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"" => "curl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"" }
    /// A body that is not JSON, as it is sent.
    BodySyntax "body-syntax" Error { "curl https://api.openai.com/v1/responses -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n  -H \"Content-Type: application/json\" -d '{\"model\": \"gpt-5\", \"input\": \"Hello\",}'" => "curl https://api.openai.com/v1/responses -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n  -H \"Content-Type: application/json\" -d '{\"model\": \"gpt-5\", \"input\": \"Hello\"}'" }
    /// A parameter that the provider refuses: missing, of the wrong type, or out of range.
    BadParameter "bad-parameter" Error { "curl https://api.openai.com/v1/responses -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n  -H \"Content-Type: application/json\" -d '{\"model\": \"gpt-5\", \"input\": \"Hello\", \"temperature\": 5}'" => "curl https://api.openai.com/v1/responses -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n  -H \"Content-Type: application/json\" -d '{\"model\": \"gpt-5\", \"input\": \"Hello\", \"temperature\": 1}'" }
    /// A parameter that the provider does not know.
    UnknownParameter "unknown-parameter" Error { "curl https://api.openai.com/v1/responses -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n  -H \"Content-Type: application/json\" -d '{\"model\": \"gpt-5\", \"input\": \"Hello\", \"max_output_token\": 100}'" => "curl https://api.openai.com/v1/responses -H \"Authorization: Bearer $OPENAI_API_KEY\" \\\n  -H \"Content-Type: application/json\" -d '{\"model\": \"gpt-5\", \"input\": \"Hello\", \"max_output_tokens\": 100}'" }
    /// A header whose value the provider cannot read.
    BadHeader "bad-header" Error { "curl https://api.portkey.ai/v1/chat/completions -H \"x-portkey-api-key: $PORTKEY_API_KEY\" \\\n  -H \"Content-Type: application/json\" -H 'x-portkey-config: {oops' \\\n  -d '{\"model\": \"@anthropic/claude-sonnet-4-5\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'" => "curl https://api.portkey.ai/v1/chat/completions -H \"x-portkey-api-key: $PORTKEY_API_KEY\" \\\n  -H \"Content-Type: application/json\" -H 'x-portkey-config: {\"retry\": {\"attempts\": 3}}' \\\n  -d '{\"model\": \"@anthropic/claude-sonnet-4-5\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'" }
    /// A header that is read by nobody, because of its name or of its value.
    IgnoredHeader "ignored-header" Warning { "curl https://api.portkey.ai/v1/chat/completions -H \"x-portkey-api-key: $PORTKEY_API_KEY\" \\\n  -H \"Content-Type: application/json\" -H 'x-portkey-metdata: {\"team\":\"docs\"}' \\\n  -d '{\"model\": \"@anthropic/claude-sonnet-4-5\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'" => "curl https://api.portkey.ai/v1/chat/completions -H \"x-portkey-api-key: $PORTKEY_API_KEY\" \\\n  -H \"Content-Type: application/json\" -H 'x-portkey-metadata: {\"team\":\"docs\"}' \\\n  -d '{\"model\": \"@anthropic/claude-sonnet-4-5\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'" }
    /// A setting that the provider takes and never looks at.
    IgnoredSetting "ignored-setting" Warning { "{ \"provider\": \"@openai\", \"retry\": { \"attempts\": 3, \"use_retry_after_headers\": true } }" => "{ \"provider\": \"@openai\", \"retry\": { \"attempts\": 3, \"use_retry_after_header\": true } }" }
    /// A Portkey Config that the gateway refuses.
    RefusedConfig "refused-config" Error { "{\"strategy\":{\"mode\":\"falback\"},\"targets\":[{\"provider\":\"@openai\"},{\"provider\":\"@anthropic\"}]}" => "{\"strategy\":{\"mode\":\"fallback\"},\"targets\":[{\"provider\":\"@openai\"},{\"provider\":\"@anthropic\"}]}" }
    /// A Portkey Config that is accepted and does not do what it says.
    IdleConfig "idle-config" Error { "{\"strategy\":{\"mode\":\"fallback\"},\"targets\":[{\"provider\":\"@openai\"}]}" => "{\"strategy\":{\"mode\":\"fallback\"},\"targets\":[{\"provider\":\"@openai\"},{\"provider\":\"@anthropic\"}]}" }
    /// A request that was refused for a reason that no other code names.
    Refused "refused" Error { "a request that is answered with 4xx or 5xx" => "a request that is answered with 2xx" }
    /// A live gateway gave no answer: its host is not found, cannot be reached, or takes too long.
    NoAnswer "no-answer" Error { "curl https://api.example.invalid/v1/models" => "curl https://api.example.com/v1/models" }

    /// A live gateway, or a recording of one, and the mock disagree about a request: the mock's profile of the provider is wrong, or older than the service.
    Drift "drift" Warning { "a request that the provider takes and the mock refuses" => "a profile of the provider that says the same as the provider" }
    /// A request that was not recorded, while recordings answer.
    NotRecorded "not-recorded" Warning { "proofpress check --gateway replay, after the body of a request has changed" => "proofpress record" }
    /// A recording is more than 90 days old, and the service may have changed since.
    OldRecording "old-recording" Warning { "{ \"recorded\": \"2026-01-31\", \"exchanges\": [] }" => "proofpress record" }

    // Commands.

    /// A command that the shell cannot read.
    ShellSyntax "shell-syntax" Error { "curl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY" => "curl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"" }
    /// A command ended with another exit status than the page promises.
    ExitStatus "exit-status" Error { "echo \"gpt-5\" | grep \"gpt-9\"" => "echo \"gpt-5\" | grep \"gpt-5\"" }
    /// A command did not end in the time that it is given.
    TimedOut "timed-out" Error { "```bash timeout=1ms\ncurl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"\n```" => "```bash timeout=30s\ncurl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"\n```" }

    // The claims of a page about its examples.

    /// An example that is said to fail, and does not, or ends in another way than its attributes say.
    DidNotFail "did-not-fail" Error { "```bash status=401\ncurl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"\n```" => "```bash status=401\ncurl https://api.openai.com/v1/models\n```" }
    /// An example names another one that does not stand before it on the page.
    UnknownExample "unknown-example" Error { "```bash name=start\nMODEL=gpt-5\n```\n\n```bash needs=strat\necho \"$MODEL\"\n```" => "```bash name=start\nMODEL=gpt-5\n```\n\n```bash needs=start\necho \"$MODEL\"\n```" }
    /// No example was found where some were asked for.
    NoExamples "no-examples" Error { "proofpress check empty/" => "proofpress check docs/" }
}

/// Why a diagnostic cannot be switched off by its code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Firm {
    /// There is no such code.
    #[error("`{0}` is not a code")]
    Unknown(String),
    /// It is always said.
    #[error("`{0}` cannot be switched off")]
    Always(&'static str),
}

impl Firm {
    /// What to write in its place.
    pub fn help(&self) -> String {
        match self {
            Self::Unknown(name) => match nearest(name, Code::ALL.iter().map(|known| known.name)) {
                Some(near) => format!("write `{near}`"),
                None => "`proofpress explain` names all codes".to_owned(),
            },
            Self::Always(_) => "put right what it says".to_owned(),
        }
    }
}

impl Code {
    /// Its explanation.
    pub fn explanation(self) -> &'static Explanation {
        // The macro makes enum and table from one list, so a discriminant is an index.
        &Self::ALL[self as usize]
    }

    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        self.explanation().name
    }

    /// How much it weighs unless something else is known.
    pub fn severity(self) -> Severity {
        self.explanation().severity
    }

    /// Whether a site, a page or a fence may switch it off: nobody is to publish a credential, and settings that are wrong
    /// switch nothing off.
    pub fn can_be_allowed(self) -> bool {
        !matches!(self, Self::RealSecret | Self::Setting)
    }

    /// The code of a name that is to be switched off.
    pub fn to_allow(name: &str) -> Result<Self, Firm> {
        let code = Self::named(name).ok_or_else(|| Firm::Unknown(name.to_owned()))?;
        if code.can_be_allowed() { Ok(code) } else { Err(Firm::Always(code.as_str())) }
    }

    /// The code of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|explanation| explanation.name == name).map(|explanation| explanation.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_code() {
        for explanation in Code::ALL {
            assert_eq!(Code::named(explanation.name), Some(explanation.code));
            assert_eq!(explanation.code.as_str(), explanation.name);
            assert!(!explanation.meaning.trim().is_empty());
        }
    }
}
