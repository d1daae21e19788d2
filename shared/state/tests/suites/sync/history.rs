crate::place::on_every_database! {
    or3_testkit::sync_suite::history, |state| crate::sync::ports(state);
    the_floor_moves_over_what_is_old_and_known_to_all,
    young_entries_stay,
    a_newcomer_still_gets_every_row_from_the_log,
    a_snapshot_after_collection_still_has_every_row,
    content_of_deleted_rows_waits_for_every_device,
    numbering_continues_after_the_whole_log_is_gone,
    a_replay_after_collection_keeps_its_version,
    collection_does_not_thaw_a_snapshot,
    collection_lets_go_of_what_only_an_old_snapshot_held,
    collecting_tombstones_forgets_content_and_keeps_the_delete,
    other_workspaces_keep_their_history,
    a_pass_counts_what_it_removes,
    a_row_that_was_deleted_and_lives_keeps_its_content,
    workspaces_with_nothing_to_collect_are_passed_over,
}
