//! A plan of faults out of its text: `429*2,500`.

use std::time::Duration;

use crate::diagnostics::{Code, Parsed, Problem, nearest};
use crate::page;
use crate::source::Span;

use super::{Connection, Cut, Plan, RetryAfter, Step, Turn};

/// The words of a plan, each with what may follow after a colon.
const WORDS: [(&str, &str); 10] = [
    ("ok", ""),
    ("delay", "2s"),
    ("slow", "100ms"),
    ("cut", "3"),
    ("malformed", ""),
    ("content-type", "text/html"),
    ("reset", ""),
    ("tls", ""),
    ("retry-after", "3"),
    ("retry-after-date", "3"),
];

/// The longest time that a fault takes or asks for.
const LONGEST: Duration = Duration::from_mins(10);

/// How many steps a plan has at most.
const MOST_STEPS: usize = 1000;

impl Plan {
    /// Reads a plan; `base` is where its text begins, and `code` what a mistake in it is.
    ///
    /// Steps are divided by commas; what happens together is joined with `+`; `*2` says how often, and `*` alone
    /// without end.
    pub fn parse(text: &str, base: u32, code: Code) -> Parsed<Self> {
        let mut reader = Reader { base, code, problems: Vec::new() };
        let mut steps = Vec::new();
        let mut at = 0;
        for written in text.split(',').take(MOST_STEPS) {
            steps.push(reader.step(written, at));
            at += written.len() + 1;
        }
        Parsed::new(Self { steps }, reader.problems)
    }
}

struct Reader {
    base: u32,
    code: Code,
    problems: Vec<Problem>,
}

impl Reader {
    fn step(&mut self, written: &str, at: usize) -> Step {
        let (effects, times) = match written.split_once('*') {
            None => (written, Some(1)),
            Some((effects, "")) => (effects, None),
            Some((effects, times)) => {
                let count = times.trim().parse().ok().filter(|count| *count > 0);
                if count.is_none() {
                    let place = at + effects.len() + 1;
                    self.say(place, times, format!("`{}` is not a number of times", times.trim()))
                        .push("write a number such as `*2`, or `*` alone for all that follow");
                }
                (effects, count)
            }
        };
        let mut turn = Turn { text: effects.trim().to_owned(), ..Turn::default() };
        let mut place = at;
        for effect in effects.split('+') {
            self.effect(&mut turn, effect, place);
            place += effect.len() + 1;
        }
        Step { turn, times }
    }

    fn effect(&mut self, turn: &mut Turn, written: &str, at: usize) {
        let text = written.trim();
        let at = at + (written.len() - written.trim_start().len());
        let (word, value) = text.split_once(':').map_or((text, None), |(word, value)| (word, Some(value)));
        if !turn.take(word, value) {
            self.wrong(word, text, at);
        }
    }

    /// Says what is wrong with an effect.
    fn wrong(&mut self, word: &str, text: &str, at: usize) {
        if text.is_empty() {
            self.say(at, text, "a fault is missing".to_owned())
                .push("write a status such as `429`, or a word such as `reset`");
            return;
        }
        if let Some((_, value)) = WORDS.iter().find(|(known, _)| *known == word) {
            let help = match *value {
                "" => format!("write `{word}` alone"),
                value => format!("write it as in `{word}:{value}`"),
            };
            self.say(at, text, format!("`{text}` cannot be read as a fault")).push(&help);
            return;
        }
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            self.say(at, text, format!("`{text}` is not the status of an error"))
                .push("write one from `400` to `599`");
            return;
        }
        let words = WORDS.iter().map(|(known, _)| *known);
        let help = match nearest(word, words.clone()) {
            Some(meant) => format!("write `{meant}`"),
            None => format!(
                "write a status such as `429`, or one of `{}`",
                words.collect::<Vec<_>>().join("`, `")
            ),
        };
        self.say(at, word, format!("`{word}` is not a fault")).push(&help);
    }

    fn say(&mut self, at: usize, text: &str, message: String) -> Said<'_> {
        let span = Span::new(at, at + text.len()).shifted(self.base);
        self.problems.push(Problem::new(self.code, span, message));
        Said(&mut self.problems)
    }
}

impl Turn {
    /// Takes an effect in; whether it is one.
    fn take(&mut self, word: &str, value: Option<&str>) -> bool {
        match (word, value) {
            ("ok", None) => return true,
            ("malformed", None) => self.malformed = true,
            ("reset", None) => self.connection = Connection::Reset,
            ("tls", None) => self.connection = Connection::NoTls,
            ("cut", None) => self.cut = Some(Cut::Half),
            ("cut", Some(count)) => {
                self.cut = count.parse().ok().map(Cut::After);
                return self.cut.is_some();
            }
            ("content-type", None) => self.content_type = Some("text/html; charset=utf-8".to_owned()),
            ("content-type", Some(kind)) => {
                self.content_type = Some(kind.to_owned()).filter(|kind| is_value(kind));
                return self.content_type.is_some();
            }
            ("delay", Some(time)) => {
                self.delay = duration(time);
                return self.delay.is_some();
            }
            ("slow", Some(time)) => {
                self.pause = duration(time);
                return self.pause.is_some();
            }
            ("retry-after", Some(time)) => {
                self.retry_after = seconds(time).map(RetryAfter::Seconds);
                return self.retry_after.is_some();
            }
            ("retry-after-date", Some(time)) => {
                self.retry_after = seconds(time).map(RetryAfter::Date);
                return self.retry_after.is_some();
            }
            (status, None) => {
                self.status = status.parse().ok().filter(|status| (400..600).contains(status));
                return self.status.is_some();
            }
            (_, _) => return false,
        }
        true
    }
}

/// The problem that was said last, which lacks its help.
struct Said<'a>(&'a mut Vec<Problem>);

impl Said<'_> {
    fn push(self, help: &str) {
        if let Some(problem) = self.0.pop() {
            self.0.push(problem.help(help));
        }
    }
}

/// A time of at most ten minutes.
fn duration(text: &str) -> Option<Duration> {
    page::duration(text).filter(|time| *time <= LONGEST)
}

/// Whole seconds, up to a day.
fn seconds(text: &str) -> Option<u64> {
    text.trim_end_matches('s').parse().ok().filter(|seconds| *seconds <= 86_400)
}

/// Whether a text can be the value of a header.
fn is_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The turns of the first requests, as they were written; `-` where nothing goes wrong.
    #[track_caller]
    fn check(text: &str, turns: &[&str]) {
        let (plan, problems) = Plan::parse(text, 0, Code::BadAttribute).into_parts();
        assert_eq!(problems, []);
        let taken: Vec<&str> =
            (0..turns.len() as u64).map(|number| plan.turn(number).map_or("-", |turn| &turn.text)).collect();
        assert_eq!(taken, turns);
    }

    #[track_caller]
    fn check_wrong(text: &str, message: &str, underlined: &str, help: &str) {
        let (_, problems) = Plan::parse(text, 0, Code::BadAttribute).into_parts();
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!(problem.message, message);
        assert_eq!(text.get(problem.span.range()), Some(underlined));
        assert_eq!(problem.help.as_deref(), Some(help));
    }

    #[test]
    fn statuses_are_taken_in_turn() {
        check("429*2,500", &["429", "429", "500", "-"]);
    }

    #[test]
    fn a_star_alone_has_no_end() {
        check("ok,503*", &["ok", "503", "503", "503"]);
    }

    #[test]
    fn effects_happen_together() {
        check("429+retry-after:3, delay:2s+slow:10ms", &["429+retry-after:3", "delay:2s+slow:10ms", "-"]);
        let (plan, _) = Plan::parse("429+retry-after-date:3+delay:500ms", 0, Code::BadAttribute).into_parts();
        let turn = plan.turn(0).unwrap();
        assert_eq!((turn.status, turn.retry_after), (Some(429), Some(RetryAfter::Date(3))));
        assert_eq!(turn.delay, Some(Duration::from_millis(500)));
    }

    #[test]
    fn the_last_word_goes_on() {
        let (plan, _) = Plan::parse("429,500", 0, Code::BadAttribute).into_parts();
        let plan = plan.documented();
        let words = |number| plan.turn(number).map(|turn| (turn.status, turn.is_last_word));
        assert_eq!(words(0), Some((Some(429), false)));
        assert_eq!(words(7), Some((Some(500), true)));
    }

    #[test]
    fn a_word_that_is_none_is_underlined_with_its_neighbour() {
        check_wrong("429,rset", "`rset` is not a fault", "rset", "write `reset`");
        check_wrong("retry-aftre:3", "`retry-aftre` is not a fault", "retry-aftre", "write `retry-after`");
    }

    #[test]
    fn a_status_of_no_error_is_underlined() {
        check_wrong(
            "429, 200*2",
            "`200` is not the status of an error",
            "200",
            "write one from `400` to `599`",
        );
    }

    #[test]
    fn a_number_of_times_that_is_none_is_underlined() {
        let help = "write a number such as `*2`, or `*` alone for all that follow";
        check_wrong("429*x", "`x` is not a number of times", "x", help);
        check_wrong("429*0", "`0` is not a number of times", "0", help);
    }

    #[test]
    fn what_is_missing_is_said() {
        let help = "write a status such as `429`, or a word such as `reset`";
        check_wrong("429,,500", "a fault is missing", "", help);
        check_wrong("", "a fault is missing", "", help);
        check_wrong("delay", "`delay` cannot be read as a fault", "delay", "write it as in `delay:2s`");
        check_wrong(
            "delay:2h",
            "`delay:2h` cannot be read as a fault",
            "delay:2h",
            "write it as in `delay:2s`",
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[0-9a-z*+:,ü -]{0,40}") {
            let (plan, problems) = Plan::parse(&text, 7, Code::BadAttribute).into_parts();
            let _ = plan.turn(3);
            for problem in problems {
                let end = problem.span.range().end;
                proptest::prop_assert!((7..=7 + text.len()).contains(&end));
            }
        }
    }
}
