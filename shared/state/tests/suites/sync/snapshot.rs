crate::place::on_every_database! {
    or3_testkit::sync_suite::snapshot, |state| crate::sync::ports(state);
    items_are_ordered_by_table_and_key,
    repeated_deletes_leave_one_tombstone_with_the_newest_revision,
    pages_stay_frozen_while_pushes_go_on,
    snapshots_at_different_versions_do_not_mix,
    pages_of_any_size_cover_every_item_once,
    a_page_ends_at_its_bytes,
    a_filter_holds_for_the_whole_chain,
    a_snapshot_is_over_after_an_hour,
    a_snapshot_belongs_to_its_reader_and_workspace,
    a_page_is_one_round_trip,
}
