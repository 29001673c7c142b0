//! A text in the words that OpenAI's tokenizers take one by one: the patterns of tiktoken 0.14.0 (`openai_public.py`), read on 1 December
//! 2026, without a regular expression, so that nothing has to be made before the first text.

use unicode_general_category::{GeneralCategory, get_general_category};

/// How words are told from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As `cl100k_base` has it.
    Plain,
    /// As `o200k_base` has it, where a capital begins a word.
    Cased,
}

/// What a character is to a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A letter of the upper case, or of the title case.
    Upper,
    Lower,
    /// A letter without case.
    Letter,
    Mark,
    Number,
    Newline,
    Space,
    Other,
}

impl Kind {
    fn of(character: char) -> Self {
        use GeneralCategory as Is;
        match character {
            'a'..='z' => return Self::Lower,
            'A'..='Z' => return Self::Upper,
            '0'..='9' => return Self::Number,
            '\r' | '\n' => return Self::Newline,
            _ if character.is_whitespace() => return Self::Space,
            _ if character.is_ascii() => return Self::Other,
            _ => {}
        }
        match get_general_category(character) {
            Is::UppercaseLetter | Is::TitlecaseLetter => Self::Upper,
            Is::LowercaseLetter => Self::Lower,
            Is::ModifierLetter | Is::OtherLetter => Self::Letter,
            Is::NonspacingMark | Is::SpacingMark | Is::EnclosingMark => Self::Mark,
            Is::DecimalNumber | Is::LetterNumber | Is::OtherNumber => Self::Number,
            _ => Self::Other,
        }
    }

    fn is_letter(self) -> bool {
        matches!(self, Self::Upper | Self::Lower | Self::Letter)
    }

    /// Whether it may stand where a word has its capitals.
    fn begins(self) -> bool {
        matches!(self, Self::Upper | Self::Letter | Self::Mark)
    }

    /// Whether it may stand where a word has its small letters.
    fn goes_on(self) -> bool {
        matches!(self, Self::Lower | Self::Letter | Self::Mark)
    }

    fn is_blank(self) -> bool {
        matches!(self, Self::Space | Self::Newline)
    }

    /// Whether it is no blank, no letter and no number.
    fn is_sign(self) -> bool {
        matches!(self, Self::Mark | Self::Other)
    }
}

/// The words of a text, which make it up.
pub(super) fn words(text: &str, form: Form) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let one = rest.chars().next()?.len_utf8();
        let (word, behind) = rest.split_at_checked(first(rest, form).max(one))?;
        rest = behind;
        Some(word)
    })
}

/// How long the first word of a text is.
fn first(text: &str, form: Form) -> usize {
    let letters = match form {
        Form::Plain => shortened(text).or_else(|| plain(text)),
        Form::Cased => cased(text),
    };
    letters.or_else(|| number(text)).or_else(|| signs(text, form)).unwrap_or_else(|| blanks(text, form))
}

/// How long the beginning of a text is whose characters are all of a kind.
fn run(text: &str, is: impl Fn(Kind) -> bool) -> usize {
    text.char_indices().find(|(_, character)| !is(Kind::of(*character))).map_or(text.len(), |(at, _)| at)
}

/// How long the first character is, where it may stand before the letters of a word.
fn lead(text: &str) -> Option<usize> {
    let character = text.chars().next()?;
    let kind = Kind::of(character);
    let may = !kind.is_letter() && !matches!(kind, Kind::Number | Kind::Newline);
    may.then_some(character.len_utf8())
}

fn behind(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// Letters, with what stands before them.
fn plain(text: &str) -> Option<usize> {
    let lead = lead(text).unwrap_or_default();
    let letters = run(behind(text, lead), Kind::is_letter);
    (letters > 0).then_some(lead + letters)
}

/// Capitals and then small letters, with what stands before them and a shortened word behind them.
fn cased(text: &str) -> Option<usize> {
    let starts = [lead(text), Some(0)];
    let small = |start: usize| {
        let text = behind(text, start);
        let capitals = run(text, Kind::begins);
        let letters = run(behind(text, capitals), Kind::goes_on);
        if letters > 0 {
            return Some(start + capitals + letters);
        }
        // The last of the capitals that is none, such as a mark, can be the small letter.
        let mut begun = text.get(..capitals)?.char_indices().rev();
        let (at, last) = begun.find(|(_, character)| Kind::of(*character).goes_on())?;
        Some(start + at + last.len_utf8())
    };
    let capitals = |start: usize| {
        let length = run(behind(text, start), Kind::begins);
        (length > 0).then_some(start + length)
    };
    let end = starts.into_iter().flatten().find_map(small);
    let end = end.or_else(|| starts.into_iter().flatten().find_map(capitals))?;
    Some(end + shortened(behind(text, end)).unwrap_or_default())
}

/// `'s`, `'ll` and their like, in either case.
fn shortened(text: &str) -> Option<usize> {
    let mut characters = text.strip_prefix('\'')?.chars();
    let first = characters.next()?;
    let second = characters.next().map(|second| second.to_ascii_lowercase());
    match (first.to_ascii_lowercase(), second) {
        // The long s is an s in either case.
        ('s' | 'd' | 'm' | 't' | 'ſ', _) => Some(1 + first.len_utf8()),
        ('l', Some('l')) | ('v' | 'r', Some('e')) => Some(3),
        _ => None,
    }
}

/// At most three digits.
fn number(text: &str) -> Option<usize> {
    let digits = text.chars().take(3).take_while(|character| Kind::of(*character) == Kind::Number);
    let length: usize = digits.map(char::len_utf8).sum();
    (length > 0).then_some(length)
}

/// Signs, with a space before and the ends of lines behind them.
fn signs(text: &str, form: Form) -> Option<usize> {
    let space = usize::from(text.starts_with(' '));
    let end = space + run(behind(text, space), Kind::is_sign);
    let ends = |character: char| match character {
        '\r' | '\n' => true,
        '/' => form == Form::Cased,
        _ => false,
    };
    let rest = behind(text, end);
    let length = rest.find(|character| !ends(character)).unwrap_or(rest.len());
    (end > space).then_some(end + length)
}

/// Blanks: to the last end of a line, or without the one that belongs to the next word.
fn blanks(text: &str, form: Form) -> usize {
    let length = run(text, Kind::is_blank);
    let blanks = text.get(..length).unwrap_or_default();
    let is_last = length == text.len();
    if is_last && form == Form::Plain {
        return length;
    }
    if let Some(at) = blanks.rfind(['\r', '\n']) {
        return at + 1;
    }
    let last = blanks.chars().next_back().map_or(0, char::len_utf8);
    if is_last || last == length { length } else { length - last }
}
