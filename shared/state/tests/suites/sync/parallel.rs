crate::place::on_every_database! {
    or3_testkit::sync_suite::parallel, |state| crate::sync::ports(state);
    parallel_pushes_take_blocks_of_their_own,
    the_same_batch_in_parallel_is_applied_once,
    one_op_id_in_two_workspaces_at_once_goes_to_one,
    a_reader_that_follows_its_cursor_skips_nothing,
}
