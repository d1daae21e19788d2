crate::place::on_every_database! {
    or3_testkit::session_store_suite, |state| suite::Ports {
        store: state.sessions(),
        accounts: state.accounts(),
        workspaces: state.workspaces(),
    };
    a_newcomer_gets_one_user_and_one_workspace,
    every_identity_is_a_user_of_its_own,
    an_identity_is_known_once_it_is_provisioned,
    fifty_newcomers_of_one_identity_are_one,
    a_session_stands_before_and_after_provisioning,
    dead_sessions_do_not_stand,
    a_rotated_session_does_not_stand,
    a_home_that_is_gone_is_replaced,
}
