//! A push: what is sent to the store, and what is answered for each op.

use std::collections::{HashMap, HashSet};

use super::intake::{self, Author, Draft};
use super::json::Json;
use super::{Fingerprint, Op, Outcome, Refusal};

/// The most ops that one push may carry (sync contract, 6.1).
pub const MAX_OPS: usize = 100;

/// A push whose ops have passed, or failed, every check that needs no store.
#[derive(Debug, Default)]
pub struct PushPlan {
    /// One entry an input op, in order.
    places: Vec<Place>,
    ops: Vec<Op>,
}

#[derive(Debug)]
enum Place {
    Refused {
        op_id: String,
        refusal: Refusal,
    },
    /// The op at this index of `ops`.
    Sent(usize),
}

/// The result of one input op.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpResult {
    /// The op's id, or a made-up one when it has none.
    pub op_id: String,
    /// What became of it.
    pub outcome: Outcome,
}

impl PushPlan {
    /// Looks at every op of a push (sync contract, 6.2 and 6.3). Ops that share id and content are
    /// one op; ops that share only the id are refused, all of them (7.4).
    pub fn of<'a>(ops: impl IntoIterator<Item = Json<'a>>, author: Author<'_>) -> Self {
        let drafts: Vec<_> = ops
            .into_iter()
            .enumerate()
            .map(|(place, op)| {
                intake::draft(op, author).map_err(|why| (intake::op_id(op, place), why))
            })
            .collect();
        let reused = reused_ids(&drafts);
        let mut plan = Self::default();
        let mut sent = HashMap::new();
        for draft in drafts {
            let place = match draft {
                Err((op_id, refusal)) => Place::Refused { op_id, refusal },
                Ok(draft) if reused.contains(&draft.op_id) => {
                    let refusal = Refusal::reused_in_batch(&draft.op_id);
                    Place::Refused {
                        op_id: draft.op_id,
                        refusal,
                    }
                }
                Ok(draft) => plan.place(draft, &mut sent),
            };
            plan.places.push(place);
        }
        plan
    }

    fn place(&mut self, draft: Draft, sent: &mut HashMap<String, usize>) -> Place {
        match draft.verdict {
            Err(refusal) => Place::Refused {
                op_id: draft.op_id,
                refusal,
            },
            Ok(op) => Place::Sent(*sent.entry(draft.op_id).or_insert_with(|| {
                self.ops.push(op);
                self.ops.len() - 1
            })),
        }
    }

    /// The distinct ops for the store, in the order of the request.
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// One result an input op, from one outcome a distinct op.
    pub fn results(self, outcomes: &[Outcome]) -> Vec<OpResult> {
        let ops = self.ops;
        let result = |place| match place {
            Place::Refused { op_id, refusal } => OpResult {
                op_id,
                outcome: Outcome::Refused(refusal),
            },
            Place::Sent(at) => OpResult {
                op_id: ops[at].revision.op_id.clone(),
                outcome: outcomes[at].clone(),
            },
        };
        self.places.into_iter().map(result).collect()
    }
}

/// The ids that stand for more than one op in this batch.
fn reused_ids<E>(drafts: &[Result<Draft, E>]) -> HashSet<String> {
    let mut first: HashMap<&str, Fingerprint> = HashMap::new();
    let mut reused = HashSet::new();
    for draft in drafts.iter().flatten() {
        let known = *first.entry(&draft.op_id).or_insert(draft.fingerprint);
        if known != draft.fingerprint {
            reused.insert(draft.op_id.clone());
        }
    }
    reused
}
