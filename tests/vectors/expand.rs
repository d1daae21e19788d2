//! Directives in requests: repeated items, repeated text, values captured before.

use std::collections::HashMap;

use serde_json::Value;

/// What `$bind` captured, by name.
pub(crate) type Bound = HashMap<String, Value>;

/// The value that `template` stands for.
pub(crate) fn expand(template: &Value, bound: &Bound) -> Value {
    match template {
        Value::Object(members) => {
            if let Some(each) = members.get("$each") {
                return each_of(each, bound);
            }
            if let Some(repeat) = members.get("$repeat") {
                let text = repeat[0].as_str().expect("a text to repeat");
                let times = repeat[1].as_u64().expect("a count");
                return text
                    .repeat(usize::try_from(times).expect("a small count"))
                    .into();
            }
            if let Some(name) = members.get("$ref").and_then(Value::as_str) {
                return bound[name].clone();
            }
            let member = |(name, value): (&String, &Value)| (name.clone(), expand(value, bound));
            members.iter().map(member).collect()
        }
        Value::Array(items) => items.iter().map(|item| expand(item, bound)).collect(),
        plain => plain.clone(),
    }
}

fn each_of(each: &Value, bound: &Bound) -> Value {
    let (from, to) = (
        each["from"].as_i64().expect("from"),
        each["to"].as_i64().expect("to"),
    );
    let numbers: Vec<_> = if from <= to {
        (from..=to).collect()
    } else {
        (to..=from).rev().collect()
    };
    let item = |number: &i64| numbered(&expand(&each["item"], bound), *number);
    numbers.iter().map(item).collect()
}

fn numbered(item: &Value, number: i64) -> Value {
    match item {
        Value::String(text) => numbered_text(text, number),
        Value::Array(items) => items.iter().map(|item| numbered(item, number)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), numbered(value, number)))
            .collect(),
        plain => plain.clone(),
    }
}

/// `{i}`, `{i:03}` inside text; `#{i}` and `#{i+100}` are numbers.
fn numbered_text(text: &str, number: i64) -> Value {
    if let Some(sum) = text
        .strip_prefix("#{i")
        .and_then(|rest| rest.strip_suffix('}'))
    {
        let plus: i64 = sum.trim_start_matches('+').parse().unwrap_or(0);
        return (number + plus).into();
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{i") {
        let (format, after) = after.split_once('}').expect("a closing brace");
        let width = format.trim_start_matches(':').parse().unwrap_or(0);
        out = format!("{out}{before}{number:0width$}");
        rest = after;
    }
    out.push_str(rest);
    out.into()
}
