//! The headers of a request to Portkey: which are read, and which are lost.

use crate::data::Path;
use crate::diagnostics::{Code, nearest};
use crate::gateway::credentials::placeholder;
use crate::gateway::exchange::{Finding, Place};
use crate::gateway::portkey::failure;
use crate::gateway::profiles::Format;
use crate::gateway::routing::{Edition, custom_host_refused};

use super::super::judgement::Judgement;

/// Headers of the hosted service, which the open-source gateway takes and does not look at.
const OF_ACCOUNTS: &[&str] = &[
    "x-portkey-api-key",
    "x-portkey-virtual-key",
    "x-portkey-cache-namespace",
    "x-portkey-cache-force-refresh",
    "x-portkey-span-id",
    "x-portkey-span-name",
    "x-portkey-parent-span-id",
    "x-portkey-debug",
];

/// Judges every header that is meant for the gateway.
pub(super) fn judge(judgement: &mut Judgement) {
    let (profile, request) = (judgement.profile, judgement.request);
    for (name, value) in request.headers.iter().filter(|(name, _)| is_meant(name)) {
        if let Some(header) = profile.headers.iter().find(|header| header.name == *name) {
            one(judgement, (name, value), header.format);
            continue;
        }
        if profile.edition == Edition::Open && OF_ACCOUNTS.contains(&name.as_str()) {
            let message =
                format!("`{name}` is a header of the hosted service, which {} does not read", profile.title);
            let finding = Finding::new(Code::IgnoredHeader, Place::Header(name.clone()), message);
            judgement.note(finding.help("take it out, or send the request to `https://api.portkey.ai/v1`"));
            continue;
        }
        let message = format!("{} does not read the header `{name}`", profile.title);
        let finding = Finding::new(Code::IgnoredHeader, Place::Header(name.clone()), message);
        let known = profile.headers.iter().map(|header| header.name.as_str());
        judgement.note(match nearest(name, known) {
            Some(near) => finding.help(format!("write `{near}`")).fix(near),
            None => finding,
        });
    }
}

fn is_meant(name: &str) -> bool {
    name.starts_with("x-portkey") || name.starts_with("portkey-")
}

fn one(judgement: &mut Judgement, header: (&str, &str), format: Format) {
    let (name, value) = header;
    let value_place = || Place::InHeader(name.to_owned(), Path::default());
    let lost = |message: &str| Finding::new(Code::IgnoredHeader, value_place(), message);
    match format {
        Format::Object => {
            let object =
                serde_json::from_str::<serde_json::Value>(value).is_ok_and(|value| value.is_object());
            if !object && !placeholder(value) {
                let finding = lost(&format!("`{name}` is not a JSON object, and is lost"));
                judgement
                    .note(finding.help("write a JSON object with double quotes: `{\"team\": \"docs\"}`"));
            }
        }
        Format::Names if value.trim_start().starts_with('[') => {
            let finding = lost(&format!("`{name}` is written as a list, of which no name is read"));
            let names = value.replace(['[', ']', '"', '\''], "");
            let names = names.split(',').map(str::trim).collect::<Vec<_>>().join(", ");
            judgement.note(finding.help("write the names divided by commas").fix(names));
        }
        Format::Number if value.trim().parse::<f64>().is_err() && !placeholder(value) => {
            let finding = lost(&format!("`{name}` is not a number, and is ignored"));
            judgement.note(finding.help("write milliseconds: `30000`"));
        }
        Format::Boolean if !matches!(value.trim(), "true" | "false") && !placeholder(value) => {
            judgement.note(lost(&format!("`{name}` is neither `true` nor `false`, and is ignored")));
        }
        Format::Url if custom_host_refused(value.trim()) && !placeholder(value) => {
            let finding = Finding::new(Code::BadHeader, value_place(), "Portkey refuses this custom host").help(
                "name a public host with its scheme, or `localhost`, `127.0.0.1` or `host.docker.internal`",
            );
            judgement.refuse_with(failure(400, "Invalid custom host"), finding);
        }
        Format::Config | Format::Text | Format::Names | Format::Number | Format::Boolean | Format::Url => {}
    }
}
