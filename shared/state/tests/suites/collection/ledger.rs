crate::place::on_every_database! {
    or3_testkit::gc_ledger_suite, gc_ledger:
    a_kind_is_held_by_one_run,
    a_kind_that_was_given_back_goes_on_where_it_stopped,
    a_dead_run_is_followed_where_it_was_heard_of_last,
    runs_are_listed_with_what_they_said,
    pages_of_runs_leave_none_out,
    runs_that_begin_at_once_share_no_kind,
}
