//! A batch as conditional steps that make one transaction of it, and the way back from the steps'
//! results to the statements' answers.

use or3_domain::store::StoreError;

use super::failure;
use super::hrana::{BatchResult, Condition, Pipeline, Step, Stmt, StmtResult};
use crate::database::Mode;
use crate::statement::{Answer, Statement};

/// Where the statements of a batch stand among its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    guarded: bool,
    transaction: bool,
    statements: usize,
}

impl Plan {
    /// The steps for `batch`. The `guard`, if there is one, runs first inside the transaction, and
    /// nothing else runs when it fails. One statement that reads needs no transaction.
    pub(super) fn of<'a>(
        mode: Mode,
        guard: Option<&'a Statement>,
        batch: &'a [Statement],
    ) -> (Self, Pipeline<'a>) {
        let plan = Self {
            guarded: guard.is_some(),
            transaction: mode != Mode::Read || guard.is_some() || batch.len() > 1,
            statements: batch.len(),
        };
        let body = guard.into_iter().chain(batch).map(Stmt::of);
        let begin = plan.transaction.then(|| Stmt::bare(begin(mode)));
        let commit = plan.transaction.then(|| Stmt::bare("COMMIT"));
        let mut steps: Vec<_> = begin
            .into_iter()
            .chain(body)
            .chain(commit)
            .enumerate()
            .map(|(at, stmt)| Step {
                condition: at.checked_sub(1).map(|step| Condition::Ok { step }),
                stmt,
            })
            .collect();
        if plan.transaction {
            steps.push(undo(steps.len() - 1));
        }
        (plan, Pipeline::of(steps))
    }

    /// The statements' answers, or the first step's error that kept the batch from happening.
    pub(super) fn read(self, result: BatchResult) -> Result<Vec<Answer>, StoreError> {
        let failed = result.step_errors.into_iter().enumerate();
        let mut failed = failed.filter_map(|(at, error)| error.map(|error| (at, error)));
        if let Some((at, error)) = failed.next() {
            return Err(if self.guarded && at == self.first() - 1 {
                StoreError::Unavailable(format!("the schema is not this build's ({error})"))
            } else {
                failure::of_server(&error)
            });
        }
        let results = result.step_results.into_iter().skip(self.first());
        let ran = results.take(self.statements).flatten();
        let answers: Vec<_> = ran.map(StmtResult::into_answer).collect::<Result<_, _>>()?;
        if answers.len() == self.statements {
            Ok(answers)
        } else {
            Err(StoreError::Fault(
                "the server left statements out".to_owned(),
            ))
        }
    }

    /// The step of the first statement.
    fn first(self) -> usize {
        usize::from(self.transaction) + usize::from(self.guarded)
    }
}

fn begin(mode: Mode) -> &'static str {
    match mode {
        Mode::Read => "BEGIN",
        Mode::Write | Mode::KeyedWrite => "BEGIN IMMEDIATE",
    }
}

/// Rolls back if the transaction began and the `commit` step did not succeed.
fn undo(commit: usize) -> Step<'static> {
    let committed = Condition::Ok { step: commit };
    let conds = vec![
        Condition::Ok { step: 0 },
        Condition::Not {
            cond: Box::new(committed),
        },
    ];
    Step {
        condition: Some(Condition::And { conds }),
        stmt: Stmt::bare("ROLLBACK"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn steps(mode: Mode, guard: Option<&Statement>, batch: &[Statement]) -> Vec<Value> {
        let (_, pipeline) = Plan::of(mode, guard, batch);
        let body = serde_json::to_value(pipeline).expect("serializes");
        assert_eq!(body["requests"][1], json!({ "type": "close" }));
        let steps = body["requests"][0]["batch"]["steps"].as_array();
        steps.expect("steps").clone()
    }

    fn texts(steps: &[Value]) -> Vec<&str> {
        let text = |step: &'_ Value| step["stmt"]["sql"].as_str().is_some();
        assert!(steps.iter().all(text));
        steps
            .iter()
            .filter_map(|step| step["stmt"]["sql"].as_str())
            .collect()
    }

    #[test]
    fn a_single_read_travels_alone() {
        let steps = steps(Mode::Read, None, &[Statement::new("SELECT 1")]);
        assert_eq!(texts(&steps), ["SELECT 1"]);
        assert!(steps[0].get("condition").is_none());
    }

    #[test]
    fn a_write_is_a_transaction_whose_steps_depend_on_each_other() {
        let guard = Statement::new("CHECK");
        let steps = steps(Mode::Write, Some(&guard), &[Statement::new("A")]);
        assert_eq!(
            texts(&steps),
            ["BEGIN IMMEDIATE", "CHECK", "A", "COMMIT", "ROLLBACK"]
        );
        for (at, step) in steps.iter().enumerate().take(4).skip(1) {
            assert_eq!(step["condition"], json!({ "type": "ok", "step": at - 1 }));
        }
        let conds = json!([
            { "type": "ok", "step": 0 },
            { "type": "not", "cond": { "type": "ok", "step": 3 } },
        ]);
        assert_eq!(
            steps[4]["condition"],
            json!({ "type": "and", "conds": conds })
        );
    }

    fn result(text: &Value) -> BatchResult {
        serde_json::from_value(text.clone()).expect("a result")
    }

    #[test]
    fn a_failed_guard_means_another_schema() {
        let (plan, _) = Plan::of(Mode::Read, Some(&Statement::new("CHECK")), &[]);
        let error = plan.read(result(&json!({
            "step_results": [{ "rows": [], "affected_row_count": 0 }, null, null, null],
            "step_errors": [null, { "message": "malformed JSON" }, null, null],
        })));
        assert!(matches!(error, Err(StoreError::Unavailable(_))));
    }

    #[test]
    fn a_statement_without_an_answer_is_a_fault() {
        let (plan, _) = Plan::of(Mode::Read, None, &[Statement::new("SELECT 1")]);
        let error = plan.read(result(&json!({ "step_results": [], "step_errors": [] })));
        assert!(matches!(error, Err(StoreError::Fault(_))));
    }
}
