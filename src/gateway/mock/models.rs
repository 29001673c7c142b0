//! Whether a model id has the form that a provider reads, and is one that it offers.

use crate::data::{Path, Step};
use crate::diagnostics::{Code, has_same_numbers, nearest};
use crate::gateway::credentials::placeholder;
use crate::gateway::exchange::{Finding, Place};
use crate::gateway::profiles::Profile;

use super::judgement::{Fill, Judgement};

/// Judges a model id that stands at `place`.
pub(super) fn judge(judgement: &mut Judgement, id: &str, place: Place) {
    let (profile, errors) = (judgement.profile, judgement.errors);
    let fill = Fill { model: id, param: Some("model"), ..Fill::default() };
    match wrong(profile, id, place) {
        Some(finding) if finding.code == Code::ModelForm => {
            judgement.refuse(&errors.model_form, &fill, finding);
        }
        Some(finding) => judgement.refuse(&errors.unknown_model, &fill, finding),
        None => {}
    }
}

/// Where the model stands in a body.
pub(super) fn in_body() -> Place {
    Place::Body(Path(vec![Step::Key("model".to_owned())]))
}

/// What is wrong with a model id at a provider, where something is.
pub(super) fn wrong(profile: &Profile, id: &str, place: Place) -> Option<Finding> {
    let models = &profile.models;
    if models.knows(id) || placeholder(id) {
        return None;
    }
    let title = &profile.title;
    let bare = id.rsplit('/').next().unwrap_or(id);
    let meant = if models.knows(bare) && bare != id {
        Some(bare)
    } else {
        let ends = models.known.iter().find(|known| known.rsplit('/').next() == Some(bare) && *known != bare);
        ends.map(String::as_str)
    };
    let near = meant.or_else(|| nearest(id, models.known.iter().map(String::as_str)));
    let suggest = |finding: Finding| match near {
        Some(near) if meant.is_some() || has_same_numbers(near, id) => {
            finding.help(format!("write `{near}`")).fix(near)
        }
        Some(near) => finding.help(format!("the nearest is `{near}`")),
        None if models.example.is_empty() => finding,
        None => finding.help(format!("for example `{}`", models.example)),
    };
    if !models.is_of_form(id) {
        let message = format!("`{id}` is not a model id of {title}, which are {}", models.words);
        return Some(suggest(Finding::new(Code::ModelForm, place, message)));
    }
    let message = format!("{title} offers no model `{id}`");
    models.closed.then(|| suggest(Finding::new(Code::UnknownModel, place, message)))
}
