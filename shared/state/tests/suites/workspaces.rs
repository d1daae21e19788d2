crate::place::on_every_database! {
    or3_testkit::workspace_store_suite, |state| suite::Town {
        sessions: state.sessions(),
        workspaces: state.workspaces(),
        members: state.members(),
    };
    a_new_workspace_is_listed_first_and_not_active,
    owners_and_editors_rename,
    owners_delete,
    a_deletion_moves_everybody_out,
    members_activate_living_workspaces,
    a_life_of_two_workspaces,
    owners_add_people_who_are_known,
    people_of_a_provider_are_added_by_their_subject,
    a_subject_of_two_issuers_is_nobody,
    strangers_are_neither_added_nor_add,
    owners_change_and_remove_members,
    a_workspace_keeps_an_owner,
    ownership_moves_on,
    members_leave,
    leaving_elsewhere_moves_nobody,
    the_last_owner_stays,
}
