crate::place::on_every_database! {
    or3_testkit::sync_suite::push, |state| crate::sync::ports(state);
    versions_are_contiguous_from_batch_to_batch,
    a_batch_that_is_pushed_again_changes_nothing,
    a_batch_may_mix_old_and_new_ops,
    an_op_id_stands_for_one_op_everywhere,
    the_newest_write_stands_whatever_the_order,
    one_batch_may_write_a_row_often,
    a_loser_is_logged_and_told_the_winner,
    winners_that_an_answer_cannot_hold_come_with_the_repetition,
    a_newer_put_revives_a_deleted_row,
    a_stale_put_stays_behind_a_delete_of_an_unknown_key,
    payloads_come_back_as_they_went_in,
    keys_of_any_characters_come_back_as_they_went_in,
    workspaces_are_apart,
    a_push_is_one_round_trip_whatever_its_size,
}
