//! Answers as they go out over the wire: piece by piece, without what only concerns one connection.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::StatusCode;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use tokio::sync::mpsc;

use super::exchange::Answer;

/// What is sent back, in pieces.
pub(super) enum Outgoing {
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
}

impl Outgoing {
    /// No body at all.
    pub(super) fn empty() -> Self {
        Self::Pieces(Pieces::default())
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Self::Pieces(pieces) => {
                // The server flushes when it has to wait, so that each piece goes out by itself.
                if pieces.sent_one && !pieces.left.is_empty() {
                    pieces.sent_one = false;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                pieces.sent_one = true;
                Poll::Ready(pieces.left.pop_front().map(|piece| Ok(Frame::data(piece))))
            }
            Self::Passing(receiver) => {
                receiver.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Pieces(pieces) if pieces.left.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            // Several pieces are a stream, whose length the real services do not know beforehand.
            Self::Pieces(pieces) if pieces.left.len() <= 1 => {
                SizeHint::with_exact(pieces.left.iter().map(|piece| piece.len() as u64).sum())
            }
            Self::Pieces(_) | Self::Passing(_) => SizeHint::default(),
        }
    }
}

/// A response whose whole content is known.
pub(super) fn whole(answer: Answer) -> hyper::Response<Outgoing> {
    let left = answer.chunks.into_iter().filter(|chunk| !chunk.is_empty()).map(Bytes::from).collect();
    head(answer.status, &answer.headers, Outgoing::Pieces(Pieces { left, sent_one: false }))
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
        let mut body = whole(answer(chunks)).into_body();
        let mut context = Context::from_waker(Waker::noop());
        let seen: Vec<String> = polls
            .iter()
            .map(|_| match Pin::new(&mut body).poll_frame(&mut context) {
                Poll::Pending => "wait".to_owned(),
                Poll::Ready(None) => "end".to_owned(),
                Poll::Ready(Some(frame)) => {
                    String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap()
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
