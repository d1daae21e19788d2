crate::place::on_every_database! {
    or3_testkit::sync_suite::pull, |state| crate::sync::ports(state);
    only_changes_after_the_cursor_are_given,
    a_cursor_at_or_beyond_the_head_stays,
    a_page_ends_at_its_limit,
    a_page_ends_at_its_bytes,
    a_filter_counts_only_what_matches,
    a_pull_is_one_round_trip,
}
