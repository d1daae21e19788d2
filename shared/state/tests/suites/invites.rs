crate::place::on_every_database! {
    or3_testkit::invite_store_suite, |state| suite::Club {
        sessions: state.sessions(),
        workspaces: state.workspaces(),
        invites: state.invites(),
    };
    an_invite_makes_one_member_however_often_it_is_used,
    an_invite_that_cannot_be_used_changes_nothing,
    invites_are_the_owners_business,
    the_super_admin_invites_anywhere,
    what_is_over_stays_as_it_ended,
}
