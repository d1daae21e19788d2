//! Workspaces and memberships on rows.

mod enroll;
mod leave;
mod members;
mod workspaces;

/// The living workspace `?1` is there and `?2` owns it; where `?2` is null, it only has to be there:
/// the super admin may on every workspace.
macro_rules! owned {
    () => {
        "EXISTS (SELECT 1 FROM workspaces w WHERE w.id = ?1 AND w.deleted_at IS NULL
            AND (?2 IS NULL OR EXISTS (SELECT 1 FROM workspace_members o
                WHERE o.workspace_id = w.id AND o.user_id = ?2 AND o.role = 'owner')))"
    };
}

pub(crate) use owned;
