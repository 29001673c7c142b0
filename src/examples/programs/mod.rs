//! The real programs that are installed here, asked what they take.

mod installed;

use super::clients::{Client, Clients};
use super::kinds::{Plan, Whole};
use super::{Asked, Check, Error, last_word};
use crate::site::{Asking, ClientSettings, Site};

use installed::Installed;
pub(super) use installed::Place;

/// The programs that may be asked.
#[derive(Debug)]
pub(super) struct Programs {
    /// Each with whether the settings rely on it.
    programs: Vec<(Installed, Asking)>,
    /// The clients whose program is never asked.
    spared: Vec<String>,
}

impl Programs {
    /// Those that are installed here, and that the settings do not keep from being asked.
    pub(super) fn find(site: &Site, clients: &Clients, place: &Place) -> Result<Self, Error> {
        let (mut programs, mut spared) = (Vec::new(), Vec::new());
        for client in clients.iter().filter(|client| client.program.is_some()) {
            let settings = site.settings.clients.iter().find(|(name, _)| *name == client.name);
            let ClientSettings { command, program: asking, .. } =
                settings.map(|(_, settings)| settings.clone()).unwrap_or_default();
            let found = Installed::find(client, &command, place, &|name| Clients::file(site, name));
            match (asking, found) {
                (Asking::Never, _) => spared.push(client.name.clone()),
                (Asking::WhereInstalled, None) => {}
                (Asking::WhereInstalled | Asking::Required, Some(found)) => programs.push((found, asking)),
                (Asking::Required, None) => return Err(missing(client, command)),
            }
        }
        Ok(Self { programs, spared })
    }

    /// Hands over the schemas that programs print, where no file has them.
    pub(super) async fn print_schemas(&self, clients: &mut Clients) {
        let printed = clients.printed().into_iter().map(|client| (client.name.clone(), client.title.clone()));
        for (name, title) in printed.collect::<Vec<_>>() {
            let printed = match self.of(&name) {
                Some(program) => program.schema().await,
                None if self.spared.contains(&name) => Err("it is never asked".to_owned()),
                None => Err("it is not installed".to_owned()),
            };
            let (schema, title) = match printed {
                Ok((schema, version)) => (Ok(schema), format!("{title} {version}")),
                Err(reason) => (Err(reason), title),
            };
            clients.learn(&name, title, schema);
        }
    }

    /// Lets the program whose configuration it is have the last word, if it is installed.
    pub(super) async fn settle(&self, plan: &mut Plan<'_>, whole: &Whole) {
        let Some(program) = self.of(&whole.client) else { return };
        let Some(ruling) = program.judge(whole).await else { return };
        plan.checked.insert(Check::Program);
        last_word::settle(plan, &whole.root, &ruling, &program.speaker().await);
    }

    /// What each was asked; one that the settings rely on and that cannot judge leaves nothing to rely on.
    pub(super) fn asked(&self) -> Result<Vec<Asked>, Error> {
        let mut all = Vec::new();
        for (program, asking) in &self.programs {
            let Some(asked) = program.asked() else { continue };
            match (asking, &asked.trouble) {
                (Asking::Required, Some(reason)) => {
                    return Err(Error::NoVerdict { program: asked.program, reason: reason.clone() });
                }
                _ => all.push(asked),
            }
        }
        Ok(all)
    }

    fn of(&self, client: &str) -> Option<&Installed> {
        self.programs.iter().map(|(program, _)| program).find(|program| program.client() == client)
    }
}

/// A program that has to be there, and is not.
fn missing(client: &Client, command: Vec<String>) -> Error {
    let own = client.program.as_ref().map(|program| program.command.clone()).unwrap_or_default();
    let command = if command.is_empty() { own } else { command };
    Error::NoProgram { program: command.join(" "), client: client.name.clone() }
}
