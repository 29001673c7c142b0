//! The filters that a page may use, and the options that only say how they filter.

/// What a filter takes beside options and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operands {
    /// Files to read.
    Files,
    /// A pattern or a program, then files to read.
    ProgramThenFiles,
    /// Sets of letters, and no file.
    Letters,
    /// One file to read, as the second one would be written.
    OneFile,
    /// Files to write.
    Written,
}

/// A filter.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) name: &'static str,
    /// Short options without a value.
    flags: &'static str,
    /// Short options with a value.
    valued: &'static str,
    /// Long options; `=` behind those with a value in the same word, a blank behind those whose values follow, one blank each.
    long: &'static [&'static str],
    pub(super) operands: Operands,
}

/// What a word is to a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An option that is whole, and holds a program or a pattern.
    Program,
    /// An option that is whole.
    Flag,
    /// An option that takes so many words after it; whether the first of them is the pattern.
    Takes(usize, bool),
    /// None of the known options.
    Unknown,
}

/// Read in the manual pages of GNU coreutils 9.7, GNU grep 3.11, jq 1.7 and util-linux 2.41; what names a file, a folder or
/// a program, or waits for more, is left out.
const FILTERS: &[Filter] = {
    use Operands::{Files, Letters, OneFile, ProgramThenFiles, Written};
    &[
        filter("cat", "nbAevtsETu", "", &[], Files),
        filter(
            "cut",
            "s",
            "dfcb",
            &["--delimiter=", "--fields=", "--characters=", "--bytes=", "--complement"],
            Files,
        ),
        filter(
            "grep",
            "ivcnoqEFPwxhHslLa",
            "ABCm",
            &[
                "--ignore-case",
                "--invert-match",
                "--count",
                "--only-matching",
                "--quiet",
                "--color=",
                "--line-number",
            ],
            ProgramThenFiles,
        ),
        filter("head", "qv", "nc", &["--lines=", "--bytes="], Files),
        filter("tail", "qv", "nc", &["--lines=", "--bytes="], Files),
        filter(
            "jq",
            "rcenSsRjaMC",
            "",
            &[
                "--raw-output",
                "--compact-output",
                "--exit-status",
                "--null-input",
                "--slurp",
                "--raw-input",
                "--sort-keys",
                "--join-output",
                "--monochrome-output",
                "--color-output",
                "--tab",
                "--arg  ",
                "--argjson  ",
                "--indent ",
            ],
            ProgramThenFiles,
        ),
        filter(
            "sort",
            "rnufhVbgMsc",
            "kt",
            &["--reverse", "--unique", "--numeric-sort", "--key=", "--field-separator="],
            Files,
        ),
        filter("tr", "dscCt", "", &["--delete", "--squeeze-repeats", "--complement"], Letters),
        filter("uniq", "cdui", "fsw", &["--count", "--repeated", "--unique"], OneFile),
        filter("wc", "lwcmL", "", &["--lines", "--words", "--bytes", "--chars"], Files),
        filter("base64", "dD", "w", &["--decode", "--wrap="], Files),
        filter("column", "t", "s", &["--table", "--separator="], Files),
        filter("tee", "a", "", &["--append"], Written),
    ]
};

const fn filter(
    name: &'static str,
    flags: &'static str,
    valued: &'static str,
    long: &'static [&'static str],
    operands: Operands,
) -> Filter {
    Filter { name, flags, valued, long, operands }
}

/// The filter of a name.
pub(super) fn named(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|filter| filter.name == name)
}

impl Filter {
    /// What an option is; `text` begins with `-`.
    pub(super) fn role(&self, text: &str) -> Role {
        if let Some(long) = text.strip_prefix("--") {
            return self.long_role(long);
        }
        let letters = text.get(1..).unwrap_or_default();
        if matches!(self.name, "head" | "tail") && letters.chars().all(|letter| letter.is_ascii_digit()) {
            return Role::Flag;
        }
        for (at, letter) in letters.char_indices() {
            if self.name == "grep" && letter == 'e' {
                return if at + 1 == letters.len() { Role::Takes(1, true) } else { Role::Program };
            }
            if self.valued.contains(letter) {
                return if at + 1 == letters.len() { Role::Takes(1, false) } else { Role::Flag };
            }
            if !self.flags.contains(letter) {
                return Role::Unknown;
            }
        }
        Role::Flag
    }

    fn long_role(&self, long: &str) -> Role {
        let name = long.split_once('=').map_or(long, |(name, _)| name);
        let found = self
            .long
            .iter()
            .find(|known| known.trim_start_matches("--").trim_end_matches(['=', ' ']) == name);
        match found {
            Some(known) if known.ends_with(' ') && name == long => {
                Role::Takes(known.len() - known.trim_end().len(), false)
            }
            Some(known) if known.ends_with('=') || name == long => Role::Flag,
            _ => Role::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, option: &str, expected: Role) {
        assert_eq!(named(name).expect("it is a filter").role(option), expected, "{name} {option}");
    }

    #[test]
    fn options_that_only_filter_are_known() {
        check("jq", "-rc", Role::Flag);
        check("jq", "--arg", Role::Takes(2, false));
        check("head", "-5", Role::Flag);
        check("head", "-n", Role::Takes(1, false));
        check("grep", "-oE", Role::Flag);
        check("grep", "-e", Role::Takes(1, true));
        check("cut", "-d:", Role::Flag);
        check("cut", "--delimiter=:", Role::Flag);
    }

    #[test]
    fn options_that_name_files_or_programs_are_not() {
        for (name, option) in [
            ("jq", "--slurpfile"),
            ("jq", "-f"),
            ("jq", "-L"),
            ("jq", "--rawfile"),
            ("grep", "-f"),
            ("grep", "-r"),
            ("grep", "--file=x"),
            ("sort", "-o"),
            ("sort", "--compress-program=x"),
            ("sort", "-T"),
            ("head", "--files0-from=x"),
            ("wc", "--files0-from=x"),
            ("tail", "-f"),
            ("tail", "--follow"),
            ("sort", "-no"),
        ] {
            check(name, option, Role::Unknown);
        }
    }
}
