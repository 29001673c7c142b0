//! The commands that change a configuration, as a profile says them.

use crate::data::Syntax;
use crate::data::table::Table;

/// A command that changes a configuration: its words, then what it is told.
#[derive(Clone, Debug)]
pub struct CommandRule {
    /// The program and the commands below it.
    pub words: Vec<String>,
    /// Other names of the program, such as that of its container or of its file.
    pub also: Vec<String>,
    /// What it does.
    pub does: Does,
    /// Options with which the value is JSON, and never a text without quotes.
    pub json_options: Vec<String>,
    /// Options that change nothing about the value, and have none themselves.
    pub options: Vec<String>,
    /// Options that change nothing about the value, and have one themselves.
    pub value_options: Vec<String>,
    /// Options whose value is a list of objects of `path` and `value`, or another key with the value.
    pub batch_options: Vec<String>,
    /// Options whose value is `key=value`.
    pub assign_options: Vec<String>,
    /// Options that stand for a key of the value, which is an object then: `name[]` for one that is repeated.
    pub fields: Vec<(String, String)>,
    /// How the value of an option with `key=value` is written.
    pub syntax: Syntax,
}

/// What a command does with a configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Does {
    /// It sets the key that its first word names to its second word.
    #[default]
    Set,
    /// It takes the key out that its first word names.
    Unset,
    /// It puts an object from its input over the configuration; `null` takes a key out.
    Patch,
    /// It starts the program, with settings for this once.
    Start,
}

pub(super) fn command(table: &mut Table<'_>) -> CommandRule {
    let does = [("set", Does::Set), ("unset", Does::Unset), ("patch", Does::Patch), ("start", Does::Start)];
    let syntax = table.spanned_text("syntax").and_then(|(name, span)| {
        let syntax = Syntax::named(&name);
        if syntax.is_none() {
            table.unknown_word(&name, span, ["json", "jsonc", "json5", "yaml", "toml"]);
        }
        syntax
    });
    CommandRule {
        words: table.texts("words"),
        also: table.texts("also"),
        does: table.choice("does", &does),
        json_options: table.texts("json_options"),
        options: table.texts("options"),
        value_options: table.texts("value_options"),
        batch_options: table.texts("batch_options"),
        assign_options: table.texts("assign_options"),
        fields: table.named_texts("fields"),
        syntax: syntax.unwrap_or(Syntax::Json5),
    }
}
