crate::place::on_every_database! {
    or3_testkit::sync_suite::heads, |state| crate::sync::ports(state);
    heads_are_those_of_the_workspaces_asked_for,
    no_workspace_has_no_head,
}
