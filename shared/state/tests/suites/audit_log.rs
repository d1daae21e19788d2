crate::place::on_every_database! {
    or3_testkit::audit_log_suite, audit_log:
    an_entry_says_what_it_was_given,
    writers_and_sealers_at_once_make_one_chain,
    sealing_goes_page_by_page,
    the_newest_are_listed_first,
    a_flood_of_failures_is_written_down_up_to_its_bound,
}
