//! What `bench` can be asked for.

/// One thing to measure.
pub struct Command {
    /// How it is asked for.
    pub name: &'static str,
    /// What it measures and which options it takes, in one line.
    pub about: &'static str,
    /// Measures and prints; gets the arguments after the name.
    pub run: fn(&[String]) -> Outcome,
}

/// A measurement that could not be made says why and ends the run.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Whether an option such as `--long` is among `arguments`.
pub fn has(arguments: &[String], option: &str) -> bool {
    arguments.iter().any(|argument| argument == option)
}

/// The argument after an option such as `--log`.
pub fn value<'a>(arguments: &'a [String], option: &str) -> Option<&'a str> {
    let at = arguments.iter().position(|argument| argument == option)?;
    arguments.get(at + 1).map(String::as_str)
}
