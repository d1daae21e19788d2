crate::place::on_every_database! {
    or3_testkit::sync_suite::cursor, |state| crate::sync::ports(state);
    a_cursor_only_moves_forward,
    a_device_belongs_to_its_first_user_in_each_workspace,
    of_two_reports_at_once_the_higher_one_stays,
}
