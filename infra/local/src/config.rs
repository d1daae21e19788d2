//! `or3-local config`: the settings in force, where each comes from, and what is wrong with them.

use std::fmt::Write;

use or3_domain::ids::SystemIds;
use or3_runtime::StartError;
use or3_settings::{Environment, Local, Mode, Source};

use crate::secrets::Secrets;
use crate::stack::problems;

/// The settings that a start of `or3-local` would use, as text, and whether it would start with them.
/// Nothing is written: secrets that the data folder does not have yet count as made.
///
/// # Errors
///
/// When the secrets of the data folder cannot be read.
pub fn show_config(environment: &Environment) -> Result<(String, bool), StartError> {
    let mut environment = environment.clone();
    if let Ok((local, mode)) = environment.load::<(Local, Mode)>()
        && !mode.production
    {
        Secrets::look(&local.data_dir, &SystemIds)?.supply(&mut environment);
    }
    let mut text = String::new();
    let mut current = "";
    for found in environment.effective() {
        if found.section != current {
            current = found.section;
            line(&mut text, format_args!("[{current}]"));
        }
        let name = found.variable.name;
        match (&found.value, found.source) {
            (Some(value), Source::Given(given)) if given != name => {
                line(&mut text, format_args!("{name} = {value}  ({given})"));
            }
            (Some(value), source) => {
                line(
                    &mut text,
                    format_args!("{name} = {value}  ({})", source.as_str()),
                );
            }
            (None, _) => {
                let default = match found.variable.default {
                    "" => "none",
                    default => default,
                };
                line(&mut text, format_args!("{name} = {default}  (default)"));
            }
        }
    }
    let wrong = problems(&environment);
    for problem in &wrong {
        line(&mut text, format_args!("wrong: {problem}"));
    }
    Ok((text, wrong.is_empty()))
}

/// Writing to a text does not fail.
fn line(text: &mut String, more: std::fmt::Arguments<'_>) {
    let _always = writeln!(text, "{more}");
}
