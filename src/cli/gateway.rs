//! `proofpress gateway`: the mock gateway alone, for any client to be pointed at.

use std::fmt::Write as _;

use super::arguments;
use super::context::{Context, ended, print, say};
use super::{Error, Exit};
use crate::gateway::exchange::Exchange;
use crate::gateway::{Gateway, Options};
use crate::report::one_line;

/// Listens until it is interrupted; the addresses go to standard output, a line for each exchange to standard error.
pub(super) fn run(gateway: &arguments::Gateway, context: &Context) -> Result<Exit, Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(Error::Runtime)?;
    runtime.block_on(serve(gateway, context))
}

async fn serve(arguments: &arguments::Gateway, context: &Context) -> Result<Exit, Error> {
    // Asked for before anything is printed, or an interrupt just after the first line would end us unasked.
    let ended = ended()?;
    let gateway = Gateway::start(Options {
        host: arguments.host,
        port: arguments.port,
        environment: context.variables.clone(),
        clock: context.clock,
        log: Some(Box::new(|exchange| say(&line(exchange)))),
        ..Options::default()
    })
    .await
    .map_err(Error::Gateway)?;
    print(&addresses(&gateway))?;
    ended.await;
    gateway.stop().await;
    Ok(Exit::Fine)
}

fn addresses(gateway: &Gateway) -> String {
    let mut text = format!("The mock gateway listens at http://{}\n\n", gateway.address());
    let bases = gateway.bases();
    let names = bases.iter().map(|base| base.provider.len()).max().unwrap_or_default();
    let addresses = bases.iter().map(|base| base.url.len()).max().unwrap_or_default();
    for base in &bases {
        let (provider, url, credential) = (&base.provider, &base.url, &base.credential);
        // A `String` takes everything.
        let _ = writeln!(text, "{provider:<names$}  {url:<addresses$}  {credential}");
    }
    text
}

/// What was asked and answered, and a line for each thing that is wrong with it; no credential.
fn line(exchange: &Exchange) -> String {
    let request = exchange.request.shown();
    let answer = match &exchange.unsent {
        None => exchange.answer.status.to_string(),
        Some(unsent) => format!("not sent: {unsent}"),
    };
    let mut text = one_line(&format!("{} {} {answer}", request.method, request.url()));
    text.push('\n');
    for finding in &exchange.findings {
        let (severity, code) = (finding.severity.as_str(), finding.code.as_str());
        // A `String` takes everything.
        let _ = writeln!(text, "  {severity}[{code}]: {}", one_line(&finding.message));
    }
    text
}
