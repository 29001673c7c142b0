//! Answers as they go out over the wire: piece by piece, without what only concerns one connection.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::StatusCode;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use tokio::sync::mpsc;
use tokio::time::Sleep;

use super::exchange::Answer;
use super::faults::{Delivery, End};
use super::metrics::Open;

/// What is sent back, and that it is on its way.
pub(super) struct Outgoing {
    content: Content,
    /// Dropped with it.
    open: Option<Open>,
}

/// What is sent back, in pieces.
enum Content {
    /// All pieces are known.
    Pieces(Pieces),
    /// Pieces come from elsewhere as they come.
    Passing(mpsc::Receiver<Result<Bytes, io::Error>>),
}

/// Pieces that are sent one by one.
#[derive(Default)]
pub(super) struct Pieces {
    left: VecDeque<Bytes>,
    sent_one: bool,
    /// How long to wait between two of them.
    pause: Option<Duration>,
    waiting: Option<Pin<Box<Sleep>>>,
    /// Whether the answer breaks off behind them.
    breaks_off: bool,
}

impl Pieces {
    /// The next piece, after a pause where there is to be one.
    fn next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.sent_one && (!self.left.is_empty() || self.breaks_off) {
            // The server flushes when it has to wait, so that each piece goes out by itself.
            let Some(pause) = self.pause else {
                self.sent_one = false;
                context.waker().wake_by_ref();
                return Poll::Pending;
            };
            let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
            ready!(waiting.as_mut().poll(context));
            self.waiting = None;
        }
        self.sent_one = true;
        match self.left.pop_front() {
            Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            None if self.breaks_off => {
                self.breaks_off = false;
                Poll::Ready(Some(Err(io::Error::other("the answer is to break off"))))
            }
            None => Poll::Ready(None),
        }
    }
}

impl Outgoing {
    /// No body at all.
    pub(super) fn empty() -> Self {
        Self::from(Content::Pieces(Pieces::default()))
    }

    /// Pieces that come from elsewhere as they come.
    pub(super) fn passing(pieces: mpsc::Receiver<Result<Bytes, io::Error>>) -> Self {
        Self::from(Content::Passing(pieces))
    }

    /// Counts it as long as it is there.
    pub(super) fn counted(&mut self, open: Open) {
        self.open = Some(open);
    }
}

impl From<Content> for Outgoing {
    fn from(content: Content) -> Self {
        Self { content, open: None }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut self.get_mut().content {
            Content::Pieces(pieces) => pieces.next(context),
            Content::Passing(receiver) => {
                receiver.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.content, Content::Pieces(pieces) if pieces.left.is_empty() && !pieces.breaks_off)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            // Several pieces are a stream, whose length the real services do not know beforehand.
            Content::Pieces(pieces) if pieces.left.len() <= 1 && !pieces.breaks_off => {
                SizeHint::with_exact(pieces.left.iter().map(|piece| piece.len() as u64).sum())
            }
            Content::Pieces(_) | Content::Passing(_) => SizeHint::default(),
        }
    }
}

/// A response whose whole content is known.
pub(super) fn whole(answer: Answer) -> hyper::Response<Outgoing> {
    delivered(answer, Delivery::default())
}

/// A response whose whole content is known, sent as a fault has it; the time before it is for others to wait.
pub(super) fn delivered(answer: Answer, delivery: Delivery) -> hyper::Response<Outgoing> {
    let left = answer.chunks.into_iter().filter(|chunk| !chunk.is_empty()).map(Bytes::from).collect();
    let breaks_off = delivery.end == End::Broken;
    let pieces = Pieces { left, pause: delivery.pause, breaks_off, ..Pieces::default() };
    head(answer.status, &answer.headers, Content::Pieces(pieces).into())
}

/// A response from its parts; what only concerns one connection is left to the server.
pub(super) fn head(status: u16, headers: &[(String, String)], body: Outgoing) -> hyper::Response<Outgoing> {
    let mut response = hyper::Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in headers {
        if is_of_connection(name) || name == "content-length" {
            continue;
        }
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Whether a header speaks of one connection only (RFC 9110, section 7.6.1).
pub(super) fn is_of_connection(name: &str) -> bool {
    matches!(
        name,
        "connection"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "proxy-connection"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn answer(chunks: &[&str]) -> Answer {
        let headers =
            ["content-type", "content-length", "connection", "x-id", "bad name", "transfer-encoding"];
        Answer {
            status: 200,
            headers: headers.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect(),
            chunks: chunks.iter().map(|chunk| chunk.as_bytes().to_vec()).collect(),
        }
    }

    #[track_caller]
    fn check_polls(chunks: &[&str], polls: &[&str]) {
        check_delivery(chunks, Delivery::default(), polls);
    }

    #[track_caller]
    fn check_delivery(chunks: &[&str], delivery: Delivery, polls: &[&str]) {
        let mut body = delivered(answer(chunks), delivery).into_body();
        let mut context = Context::from_waker(Waker::noop());
        let seen: Vec<String> = polls
            .iter()
            .map(|_| match Pin::new(&mut body).poll_frame(&mut context) {
                Poll::Pending => "wait".to_owned(),
                Poll::Ready(None) => "end".to_owned(),
                Poll::Ready(Some(Err(_))) => "broken".to_owned(),
                Poll::Ready(Some(Ok(frame))) => {
                    String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
                }
            })
            .collect();
        assert_eq!(seen, polls);
    }

    #[test]
    fn a_stream_waits_between_its_pieces() {
        check_polls(&["a", "b", "", "c"], &["a", "wait", "b", "wait", "c", "end"]);
    }

    #[test]
    fn a_single_piece_does_not_wait() {
        check_polls(&["a"], &["a", "end"]);
        check_polls(&[], &["end"]);
    }

    #[test]
    fn what_breaks_off_does_not_end() {
        let broken = Delivery { end: End::Broken, ..Delivery::default() };
        check_delivery(&["a", "b"], broken, &["a", "wait", "b", "wait", "broken", "end"]);
        assert_eq!(delivered(answer(&["abc"]), broken).body().size_hint().exact(), None);
        assert!(!delivered(answer(&[]), broken).body().is_end_stream());
    }

    #[tokio::test]
    async fn a_slow_stream_pauses_between_its_pieces() {
        let slow = Delivery { pause: Some(Duration::from_mins(10)), ..Delivery::default() };
        check_delivery(&["a", "b"], slow, &["a", "wait", "wait"]);
    }

    #[test]
    fn only_what_is_whole_has_a_length() {
        assert_eq!(whole(answer(&["abc"])).body().size_hint().exact(), Some(3));
        assert_eq!(whole(answer(&[])).body().size_hint().exact(), Some(0));
        assert_eq!(whole(answer(&["a", "b"])).body().size_hint().exact(), None);
    }

    #[test]
    fn headers_of_the_connection_are_left_to_the_server() {
        let response = whole(answer(&["abc"]));
        let names: Vec<_> = response.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["content-type", "x-id"]);
    }
}
