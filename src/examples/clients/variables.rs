//! How a client writes the value of an environment variable.

/// What stands around the name of a variable: `${NAME}` anywhere in a text, or `os.environ/NAME` as the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableForm {
    before: String,
    /// Only names in capitals are variables.
    capitals: bool,
    /// Nothing where the name goes to the end of the text, which then holds nothing else.
    after: String,
}

impl VariableForm {
    /// Reads a form, such as `${NAME}`; none where `NAME` is not in it, or nothing stands before it.
    pub fn parse(text: &str) -> Option<Self> {
        let (before, after) = text.split_once("NAME")?;
        let (before, after) = (before.to_owned(), after.to_owned());
        (!before.is_empty()).then_some(Self { before, capitals: false, after })
    }

    /// The same form, for names in capitals alone.
    #[must_use]
    pub fn in_capitals(self) -> Self {
        Self { capitals: true, ..self }
    }

    /// Whether a name is that of a variable.
    pub fn takes(&self, name: &str) -> bool {
        let fits = |letter: char| match letter {
            '_' | '0'..='9' => true,
            letter => letter.is_ascii_alphabetic() && !(self.capitals && letter.is_ascii_lowercase()),
        };
        !name.is_empty() && name.chars().all(fits)
    }

    /// A variable as it is written.
    pub fn written(&self, name: &str) -> String {
        format!("{}{name}{}", self.before, self.after)
    }

    /// Whether a text holds something of this form, whatever its name.
    pub fn stands_in(&self, text: &str) -> bool {
        let after = text.split_once(self.before.as_str()).map(|(_, after)| after);
        after.is_some_and(|after| after.contains(self.after.as_str()))
    }

    /// The text with the variables of this form filled in; none where one has no value.
    pub fn fill(&self, text: &str, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        if self.after.is_empty() {
            return match text.strip_prefix(self.before.as_str()) {
                Some(name) => value(name),
                None => Some(text.to_owned()),
            };
        }
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(self.before.as_str()) {
            let Some((name, after)) = after.split_once(self.after.as_str()) else { break };
            filled.push_str(before);
            match self.escaped(before) {
                Some(itself) => filled.extend([itself, name, self.after.as_str()]),
                None if self.takes(name) => filled.push_str(&value(name)?),
                None => filled.extend([self.before.as_str(), name, self.after.as_str()]),
            }
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// The names of the variables of this form in a text; what is escaped is none.
    pub fn names<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let is_name = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
        let parts = text.split(self.before.as_str());
        let pairs = parts.clone().zip(parts.skip(1));
        let names = pairs.filter(|(before, _)| self.escaped(before).is_none()).filter_map(|(_, rest)| {
            let name = rest.get(..rest.chars().take_while(is_name).count())?;
            let closed = rest.get(name.len()..).is_some_and(|rest| rest.starts_with(self.after.as_str()));
            (closed && !name.is_empty()).then_some(name)
        });
        names.collect()
    }

    /// `$${NAME}` stands for itself, without its first letter: what is left of the form where it is escaped.
    fn escaped(&self, before: &str) -> Option<&str> {
        before.strip_suffix('$').and_then(|_| self.before.strip_prefix('$'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: &str, text: &str, filled: Option<&str>) {
        let form = VariableForm::parse(form).expect("a form");
        let value = |name: &str| (name == "KEY").then(|| "value".to_owned());
        assert_eq!(form.fill(text, &value).as_deref(), filled, "{text}");
    }

    #[test]
    fn a_form_with_an_end_stands_anywhere() {
        check("${NAME}", "Bearer ${KEY}!", Some("Bearer value!"));
        check("{env:NAME}", "{env:KEY}", Some("value"));
        check("${{ secrets.NAME }}", "${{ secrets.KEY }}", Some("value"));
    }

    #[test]
    fn a_form_without_an_end_is_the_whole_text() {
        check("os.environ/NAME", "os.environ/KEY", Some("value"));
        check("os.environ/NAME", "see os.environ/KEY", Some("see os.environ/KEY"));
    }

    #[test]
    fn a_variable_without_a_value_leaves_the_text_open() {
        check("${NAME}", "${OTHER}", None);
    }

    #[test]
    fn names_are_found_in_a_whole_text() {
        let form = VariableForm::parse("${NAME}").expect("a form");
        assert_eq!(form.names("a: ${ONE}, b: x${two}${a-b}, c: $${THREE}${"), ["ONE", "two"]);
        let form = VariableForm::parse("os.environ/NAME").expect("a form");
        assert_eq!(form.names("key: os.environ/ONE\nother: x"), ["ONE"]);
    }

    #[test]
    fn what_is_no_name_is_no_variable() {
        check("${NAME}", "${a-b}", Some("${a-b}"));
        check("${NAME}", "$${KEY}", Some("${KEY}"));
    }

    #[test]
    fn some_programs_know_names_in_capitals_alone() {
        check("{env:NAME}", "{env:key}", None);
        let form = VariableForm::parse("${NAME}").expect("a form").in_capitals();
        assert_eq!(form.fill("${key}", &|_| None).as_deref(), Some("${key}"));
    }

    #[test]
    fn a_form_says_where_the_name_stands() {
        assert_eq!(VariableForm::parse("${}"), None);
        assert_eq!(VariableForm::parse("NAME"), None);
    }
}
