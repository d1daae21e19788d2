//! What is written from the tables of the settings is what they say: `infra/env` and
//! `docs/operations/configuration.md`.

use or3_settings::{Environment, Stage, settings_page};

use crate::repository;

const PAGE: &str = "docs/operations/configuration.md";

const HEAD: &str = "# Settings

Every setting is an environment variable, read once at the start; a blank value counts as not set. This page is written from the code by a
test, which also holds that it is current.

## To begin with

`infra/env` has a `.env` file for each stage: [dev](../../infra/env/dev.env.example), where nothing needs to be set,
[staging](../../infra/env/staging.env.example) and [prod](../../infra/env/prod.env.example), where every empty line is a secret to fill in. On AWS the
parameters of `template.yaml` and of `infra/stages` take their place ([deploy.md](deploy.md)).

```sh
install -m 600 infra/env/prod.env.example /etc/or3.env      # fill in what is empty
set -a; . /etc/or3.env; set +a; or3-local config && or3-local
```

## What is in force

`or3-local config` prints every setting with its value and where that comes from, and then what is wrong with them; it changes nothing, and ends
with 0 when a start would take the settings and with 2 when it would not. The super admin sees the same of a running process at
`GET /api/admin/system/config/enriched`; on Lambda that is the function `admin`, which has only what it needs.

| in brackets | the value |
|---|---|
| `environment`, or another name | was given, under that name if it has several |
| `made by this process` | is a secret of `secrets.json` in development, or chosen by `OR3_FAULTS` |
| `default` | was not given |

Secrets are shown as `******`, and so is whatever is named after a secret, key, token or password; addresses are shown without user, password and
query.

## Strict mode

`OR3_ENV=production` (or `NODE_ENV=production`), and `OR3_STRICT_CONFIG=true` without the rest of production, take no value that is unsafe: no secret that is
short, missing, or used twice, nothing that is for development. A start that would be wrong names **everything** that is wrong at once, a line
each with the variable and the cure, changes nothing on disk, and ends with 2.

## All settings
";

fn assert_is(file: &str, wanted: &str) {
    if Environment::of_process().get("UPDATE_README") == Some("1") {
        std::fs::write(repository::path(file), wanted).expect("the file is written");
    }
    assert_eq!(
        repository::text(file),
        wanted,
        "{file} is not what the settings say; UPDATE_README=1 writes it anew"
    );
}

#[test]
fn the_examples_of_settings_are_those_of_the_code() {
    let files = repository::files("infra/env");
    assert_eq!(files.len(), Stage::ALL.len(), "{files:?}");
    for (stage, file) in Stage::ALL {
        assert_is(&format!("infra/env/{file}"), &stage.example());
    }
}

#[test]
fn the_page_of_settings_is_that_of_the_code() {
    assert_is(PAGE, &format!("{HEAD}{}", settings_page()));
}
