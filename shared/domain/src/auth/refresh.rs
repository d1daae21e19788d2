//! The rule of refresh rotation: what becomes of a presented refresh token, given the rows
//! (auth contract, 5.4).
//!
//! The store rotates by compare and swap and then reads the session's row and its successors in
//! the same transaction; this rule tells from those rows what happened. It follows the chain of
//! successors while each hop is inside its own grace window, so that a slow tab does not sign
//! everybody out after two quick rotations.

use subtle::ConstantTimeEq;

use super::account::SessionRow;
use crate::clock::Timestamp;
use crate::ids::{AccountId, SessionId};

/// The presented token, as the rule sees it.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// The account that the token names.
    pub account: &'a AccountId,
    /// The token's digest.
    pub hash: &'a str,
    /// The id that this request's successor row would have.
    pub successor: &'a SessionId,
}

/// What becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This request rotated the session; the successor's tokens are its answer.
    Rotated,
    /// Another request rotated it a moment ago; its tokens are this one's answer too.
    Reused {
        /// The living session at the end of the chain.
        session: SessionId,
        /// That session's refresh token.
        refresh: String,
    },
    /// The token was used before, too long ago: somebody else may have it, and every session of
    /// the account must end.
    Replayed,
    /// No session, and nothing more to do.
    Refused(Refusal),
}

/// Why there is no session; never told to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The row is gone, or never was.
    NotFound,
    /// The row belongs to another account, or the account's tokens were voided.
    Account,
    /// The row is past its end.
    Expired,
    /// The session was signed out.
    Revoked,
}

/// Decides by `chain`: the session's row first, then its successors in order. `open` unseals a
/// kept token.
pub fn decide(
    chain: &[SessionRow],
    presented: Presented<'_>,
    now: Timestamp,
    open: impl Fn(&str) -> Option<String>,
) -> Outcome {
    let Some(row) = chain.first() else {
        return Outcome::Refused(Refusal::NotFound);
    };
    if row.account != *presented.account {
        return Outcome::Refused(Refusal::Account);
    }
    if row.expires_at <= now {
        return Outcome::Refused(Refusal::Expired);
    }
    let same = is_same_hash(&row.refresh_hash, presented.hash);
    match (row.revoked_at, &row.replaced_by) {
        (Some(_), Some(next)) if same && next == presented.successor => Outcome::Rotated,
        (Some(_), Some(_)) if same => reuse(chain, now, open).unwrap_or(Outcome::Replayed),
        (Some(_), _) => Outcome::Refused(Refusal::Revoked),
        (None, _) if same => Outcome::Refused(Refusal::Account),
        (None, _) => Outcome::Replayed,
    }
}

/// The living end of the chain, if every hop to it is inside its window.
fn reuse(
    chain: &[SessionRow],
    now: Timestamp,
    open: impl Fn(&str) -> Option<String>,
) -> Option<Outcome> {
    for hop in chain.windows(2) {
        let [from, to] = hop else { return None };
        if from.grace_until.is_none_or(|until| until <= now) {
            return None;
        }
        if to.revoked_at.is_none() && to.expires_at > now {
            return Some(Outcome::Reused {
                session: to.id.clone(),
                refresh: open(from.sealed.as_deref()?)?,
            });
        }
    }
    None
}

fn is_same_hash(stored: &str, presented: &str) -> bool {
    stored.as_bytes().ct_eq(presented.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
    const GRACE: Duration = Duration::from_secs(30);

    fn row(id: &str) -> SessionRow {
        SessionRow {
            id: SessionId::new(id),
            account: AccountId::new("account"),
            refresh_hash: format!("hash of {id}"),
            expires_at: NOW.plus(Duration::from_mins(1)),
            revoked_at: None,
            replaced_by: None,
            grace_until: None,
            sealed: None,
        }
    }

    fn rotated(id: &str, next: &str) -> SessionRow {
        SessionRow {
            revoked_at: Some(NOW),
            replaced_by: Some(SessionId::new(next)),
            grace_until: Some(NOW.plus(GRACE)),
            sealed: Some(format!("token of {next}")),
            ..row(id)
        }
    }

    fn outcome_at(chain: &[SessionRow], hash: &str, now: Timestamp) -> Outcome {
        let presented = Presented {
            account: &AccountId::new("account"),
            hash,
            successor: &SessionId::new("mine"),
        };
        decide(chain, presented, now, |sealed| Some(sealed.to_owned()))
    }

    fn outcome(chain: &[SessionRow]) -> Outcome {
        outcome_at(chain, "hash of a", NOW)
    }

    fn reused(session: &str) -> Outcome {
        Outcome::Reused {
            session: SessionId::new(session),
            refresh: format!("token of {session}"),
        }
    }

    #[test]
    fn a_row_that_points_to_this_requests_successor_was_rotated_by_it() {
        assert_eq!(
            outcome(&[rotated("a", "mine"), row("mine")]),
            Outcome::Rotated
        );
    }

    #[test]
    fn a_rotated_token_gets_the_successor_inside_the_window() {
        assert_eq!(outcome(&[rotated("a", "b"), row("b")]), reused("b"));
    }

    #[test]
    fn the_chain_is_followed_while_each_hop_is_inside_its_window() {
        let chain = [rotated("a", "b"), rotated("b", "c"), row("c")];
        assert_eq!(outcome(&chain), reused("c"));
        let mut closed = chain;
        closed[1].grace_until = Some(NOW);
        assert_eq!(outcome(&closed), Outcome::Replayed);
    }

    #[test]
    fn a_rotated_token_after_the_window_is_a_replay() {
        let chain = [rotated("a", "b"), row("b")];
        let at_the_end = NOW.plus(GRACE);
        assert_eq!(
            outcome_at(&chain, "hash of a", at_the_end),
            Outcome::Replayed
        );
        let before = at_the_end.minus(Duration::from_millis(1));
        assert_eq!(outcome_at(&chain, "hash of a", before), reused("b"));
    }

    #[test]
    fn a_rotated_token_is_a_replay_when_the_successor_was_signed_out_or_is_gone() {
        let mut signed_out = row("b");
        signed_out.revoked_at = Some(NOW);
        assert_eq!(outcome(&[rotated("a", "b"), signed_out]), Outcome::Replayed);
        assert_eq!(outcome(&[rotated("a", "b")]), Outcome::Replayed);
        let mut over = row("b");
        over.expires_at = NOW;
        assert_eq!(outcome(&[rotated("a", "b"), over]), Outcome::Replayed);
    }

    #[test]
    fn a_kept_token_that_cannot_be_opened_counts_as_absent() {
        let presented = Presented {
            account: &AccountId::new("account"),
            hash: "hash of a",
            successor: &SessionId::new("mine"),
        };
        let chain = [rotated("a", "b"), row("b")];
        assert_eq!(decide(&chain, presented, NOW, |_| None), Outcome::Replayed);
    }

    #[test]
    fn another_token_of_a_living_session_is_a_replay() {
        assert_eq!(outcome_at(&[row("a")], "other", NOW), Outcome::Replayed);
    }

    #[test]
    fn another_token_of_a_dead_session_is_only_refused() {
        let chain = [rotated("a", "b"), row("b")];
        let refused = Outcome::Refused(Refusal::Revoked);
        assert_eq!(outcome_at(&chain, "other", NOW), refused);
    }

    #[test]
    fn signed_out_expired_foreign_and_missing_rows_are_refused() {
        let mut signed_out = row("a");
        signed_out.revoked_at = Some(NOW);
        assert_eq!(outcome(&[signed_out]), Outcome::Refused(Refusal::Revoked));
        let mut over = rotated("a", "b");
        over.expires_at = NOW;
        assert_eq!(outcome(&[over]), Outcome::Refused(Refusal::Expired));
        let mut foreign = row("a");
        foreign.account = AccountId::new("other");
        assert_eq!(outcome(&[foreign]), Outcome::Refused(Refusal::Account));
        assert_eq!(outcome(&[]), Outcome::Refused(Refusal::NotFound));
    }

    #[test]
    fn a_living_row_that_did_not_rotate_belongs_to_an_account_with_new_tokens() {
        assert_eq!(outcome(&[row("a")]), Outcome::Refused(Refusal::Account));
    }
}
