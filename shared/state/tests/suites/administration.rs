crate::place::on_every_database! {
    or3_testkit::directory_suite, |state| suite::Deployment {
        directory: state.directory(),
        sessions: state.sessions(),
        members: state.members(),
    };
    workspaces_are_found_by_plain_words,
    pages_of_workspaces_show_each_once,
    a_workspace_is_made_for_who_is_known,
    a_deletion_can_be_taken_back,
    grants_come_and_go,
    people_are_found_by_address_name_or_id,
    guests_are_let_in_by_who_may,
    the_super_admin_changes_members_anywhere,
    the_numbers_follow_what_is_there,
}
