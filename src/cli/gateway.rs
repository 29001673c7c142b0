//! `proofpress gateway`: the mock gateway alone, for any client to be pointed at.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

use super::arguments::{self, LogFormat};
use super::context::{Context, ended, print, say};
use super::{Error, Exit, record};
use crate::diagnostics::{Code, Diagnostic};
use crate::examples;
use crate::gateway::cassettes::{self, Cassettes};
use crate::gateway::exchange::Exchange;
use crate::gateway::faults::Plan;
use crate::gateway::faults::rules::Rule;
use crate::gateway::scripts::{self, Script};
use crate::gateway::{Dialect, Gateway, Log, Mode, Options, Pages, journal};
use crate::report::{one_line, text};
use crate::site;
use crate::source::Source;

/// Tells a folder of recordings, and that it can be written.
const MARK: &str = ".proofpress-recordings";

/// Listens until it is interrupted; the addresses go to standard output, a line for each exchange to standard error.
pub(super) fn run(gateway: &arguments::Gateway, context: &Context) -> Result<Exit, Error> {
    let (options, wrong) = options(gateway, context)?;
    if !wrong.is_empty() {
        say(&text::diagnostics(&wrong, context.paper));
        if wrong.iter().any(Diagnostic::is_error) {
            return Ok(Exit::Call);
        }
    }
    let runtime = tokio::runtime::Runtime::new().map_err(Error::Runtime)?;
    runtime.block_on(serve(options, gateway.log_format))
}

/// What the gateway is to be, and what is wrong with the files that say so.
fn options(gateway: &arguments::Gateway, context: &Context) -> Result<(Options, Vec<Diagnostic>), Error> {
    let (mut options, mut wrong) = match &gateway.root {
        Some(root) => {
            let site = site::load(root).map_err(Error::Site)?;
            let (mut options, mut wrong) = examples::gateway_of(&site);
            if gateway.mode == Some(Mode::Replay) {
                let (sources, unreadable) = site::cassettes(&site).map_err(Error::Site)?;
                let (read, more) = Cassettes::read(&sources, context.clock.now());
                options.cassettes = read;
                wrong.extend(unreadable.into_iter().chain(more));
            }
            (options, site.diagnostics.into_iter().chain(wrong).collect())
        }
        None => (Options::default(), Vec::new()),
    };
    if let Some(file) = &gateway.script {
        let source = read(file)?;
        let (script, problems) =
            Script::parse(source.text(), scripts::syntax_of(file), &options.profiles).into_parts();
        wrong.extend(problems.into_iter().map(|problem| problem.of(&source)));
        options.script = Some(script);
    }
    if let Some(text) = &gateway.fault {
        let (plan, problems) = Plan::parse(text, 0, Code::Setting).into_parts();
        let source = Source::new("--fault", text.as_str());
        wrong.extend(problems.into_iter().map(|problem| problem.of(&source)));
        options.faults.insert(0, Rule::of(plan, text));
    }
    let mode = gateway.mode.clone().unwrap_or(Mode::Mock);
    if let Some(folder) = &gateway.record {
        // Found out before the first exchange, when somebody is there to be told.
        record::keep(&folder.join(MARK), "")?;
    }
    let log = log(gateway, record::answering(&mode), context);
    let options = Options {
        mode,
        host: gateway.host,
        port: gateway.port,
        environment: context.variables.clone(),
        clock: context.clock,
        pages: Pages::All,
        log: Some(log),
        ..options
    };
    Ok((options, wrong))
}

#[expect(clippy::disallowed_methods, reason = "this file is none of the site")]
fn read(file: &Path) -> Result<Arc<Source>, Error> {
    let text =
        std::fs::read_to_string(file).map_err(|source| Error::Script { path: file.to_owned(), source })?;
    Ok(Source::new(file.display().to_string(), text))
}

async fn serve(options: Options, format: LogFormat) -> Result<Exit, Error> {
    // Asked for before anything is printed, or an interrupt just after the first line would end us unasked.
    let ended = ended()?;
    let gateway = Gateway::start(options).await.map_err(Error::Gateway)?;
    print(&match format {
        LogFormat::Text => addresses(&gateway),
        LogFormat::Json => listing(&gateway),
    })?;
    ended.await;
    gateway.stop().await;
    Ok(Exit::Fine)
}

fn addresses(gateway: &Gateway) -> String {
    let address = gateway.address();
    let mut text = format!("The mock gateway listens at http://{address}\n\n");
    let providers = gateway.bases().into_iter().map(|base| [base.provider, base.url, base.credential]);
    columns(&mut text, &providers.collect::<Vec<_>>());
    text.push_str("\nBy dialect, as clients want to be told:\n\n");
    let dialects =
        gateway.dialects().into_iter().map(|Dialect { name, url, credential }| [name, url, credential]);
    columns(&mut text, &dialects.collect::<Vec<_>>());
    // A `String` takes everything.
    let _ = writeln!(text, "\nIts exchanges are shown at http://{address}/_proofpress/");
    text
}

/// Rows whose columns stand below each other.
fn columns(text: &mut String, rows: &[[String; 3]]) {
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    for [name, url, credential] in rows {
        let _ = writeln!(text, "{name:<first$}  {url:<second$}  {credential}");
    }
}

/// The same for programs, on one line.
fn listing(gateway: &Gateway) -> String {
    let providers = gateway
        .bases()
        .into_iter()
        .map(|base| json!({ "provider": base.provider, "url": base.url, "credential": base.credential }));
    let dialects = gateway.dialects().into_iter().map(
        |dialect| json!({ "dialect": dialect.name, "url": dialect.url, "credential": dialect.credential }),
    );
    let listening = json!({
        "address": format!("http://{}", gateway.address()),
        "providers": providers.collect::<Vec<_>>(),
        "dialects": dialects.collect::<Vec<_>>(),
    });
    format!("{listening}\n")
}

/// Who is told of exchanges.
fn log(gateway: &arguments::Gateway, answering: String, context: &Context) -> Log {
    let (format, folder, clock) = (gateway.log_format, gateway.record.clone(), context.clock);
    // What was recorded before stays, and stands before what comes.
    let count = AtomicU64::new(folder.as_deref().map_or(0, last_number));
    Box::new(move |exchange| {
        say(&match format {
            LogFormat::Text => line(exchange),
            LogFormat::Json => format!("{}\n", journal::line(exchange, clock.now())),
        });
        if let Some(folder) = folder.as_ref().filter(|_| exchange.is_recorded()) {
            let text = cassettes::write(&[exchange], &answering, clock.now());
            let mut is_kept = Ok(false);
            // Another gateway may record here, too.
            while matches!(is_kept, Ok(false)) {
                // Behind the greatest number that there is it begins again.
                let number = count.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
                is_kept = record::add(&folder.join(file_name(number, exchange)), &text);
            }
            if let Err(error) = is_kept {
                say(&error.line());
            }
        }
    })
}

/// The greatest number of a recording in a folder.
fn last_number(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| number_of(entry.file_name().to_str()?)).max().unwrap_or(0)
}

/// The number in the name of a recording; none where the file is something else.
fn number_of(name: &str) -> Option<u64> {
    let (number, _) = name.strip_suffix(".json")?.split_once('-')?;
    let is_ours = number.len() >= 6 && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_ours { number.parse().ok() } else { None }
}

/// The file of an exchange: its number, its method and its path.
fn file_name(number: u64, exchange: &Exchange) -> String {
    let request = exchange.shown().request;
    let path: String = request
        .path
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .take(60)
        .collect();
    format!("{number:06}-{}{path}.json", request.method.to_lowercase())
}

/// What was asked and answered, and a line for each thing that is wrong with it; no credential.
fn line(exchange: &Exchange) -> String {
    let exchange = exchange.shown();
    let answer = match &exchange.unsent {
        None => exchange.answer.status.to_string(),
        Some(unsent) => format!("not sent: {unsent}"),
    };
    let fault = exchange.fault.as_ref().map(|fault| format!(" (made to fail: {fault})")).unwrap_or_default();
    let request = &exchange.request;
    let mut text = one_line(&format!("{} {} {answer}{fault}", request.method, request.url()));
    text.push('\n');
    for finding in &exchange.findings {
        let (severity, code) = (finding.severity.as_str(), finding.code.as_str());
        // A `String` takes everything.
        let _ = writeln!(text, "  {severity}[{code}]: {}", one_line(&finding.message));
    }
    text
}
