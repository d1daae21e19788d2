crate::place::on_every_database! {
    or3_testkit::sync_suite::notification, |state| crate::sync::ports(state);
    only_the_owner_pulls_a_notification,
    only_the_owner_finds_it_in_a_snapshot,
    what_a_push_overtakes_is_kept_for_its_owner_only,
    others_can_neither_write_nor_delete_it,
    a_notification_that_never_was_cannot_be_deleted,
}
