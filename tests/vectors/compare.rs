//! An answer against its recording.

use serde_json::{Map, Value};

use crate::expand::{Bound, expand};

/// Compares answers of one vector.
pub(crate) struct Comparison<'a> {
    pub(crate) bound: &'a mut Bound,
    /// Members that may be there although the recording lacks them.
    pub(crate) extra: Vec<&'a str>,
}

impl Comparison<'_> {
    /// The first difference, by path.
    pub(crate) fn check(
        &mut self,
        path: &str,
        wanted: &Value,
        given: &Value,
    ) -> Result<(), String> {
        if let Some(directive) = wanted.as_object().and_then(directive) {
            return self.directive(path, directive, given);
        }
        match (wanted, given) {
            (Value::Object(wanted), Value::Object(given)) => self.members(path, wanted, given),
            (Value::Array(wanted), Value::Array(given)) if wanted.len() == given.len() => {
                let pairs = wanted.iter().zip(given).enumerate();
                for (at, (wanted, given)) in pairs {
                    self.check(&format!("{path}[{at}]"), wanted, given)?;
                }
                Ok(())
            }
            (Value::Number(left), Value::Number(right)) if left.as_f64() == right.as_f64() => {
                Ok(())
            }
            _ if wanted == given => Ok(()),
            _ => Err(format!("{path}: wanted {wanted}, given {given}")),
        }
    }

    fn members(
        &mut self,
        path: &str,
        wanted: &Map<String, Value>,
        given: &Map<String, Value>,
    ) -> Result<(), String> {
        for (name, wanted) in wanted {
            let path = format!("{path}.{name}");
            match given.get(name) {
                Some(given) => self.check(&path, wanted, given)?,
                None if wanted.get("$optional").is_some() => {}
                None => return Err(format!("{path}: missing, wanted {wanted}")),
            }
        }
        let surplus =
            |name: &&String| !wanted.contains_key(*name) && !self.extra.contains(&name.as_str());
        match given.keys().find(surplus) {
            Some(name) => Err(format!("{path}.{name}: not wanted, given {}", given[name])),
            None => Ok(()),
        }
    }

    fn directive(
        &mut self,
        path: &str,
        (name, value): (&str, &Value),
        given: &Value,
    ) -> Result<(), String> {
        let fits = match name {
            "$bind" => {
                let name = value.as_str().expect("a name").to_owned();
                self.bound.insert(name, given.clone());
                given.as_str().is_some_and(|text| !text.is_empty())
            }
            "$any" => kind(given) == value.as_str().expect("a kind"),
            "$prefix" => {
                let prefix = value.as_str().expect("a prefix");
                given.as_str().is_some_and(|text| text.starts_with(prefix))
            }
            "$oneOf" => value
                .as_array()
                .expect("values")
                .iter()
                .any(|value| value == given),
            "$optional" => true,
            _ => {
                let mut wanted = Map::new();
                wanted.insert(name.to_owned(), value.clone());
                let wanted = expand(&Value::Object(wanted), self.bound);
                return self.check(path, &wanted, given);
            }
        };
        if fits {
            Ok(())
        } else {
            Err(format!("{path}: wanted {name} {value}, given {given}"))
        }
    }
}

fn directive(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, value) = members.iter().next().filter(|_| members.len() == 1)?;
    name.starts_with('$').then_some((name.as_str(), value))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
