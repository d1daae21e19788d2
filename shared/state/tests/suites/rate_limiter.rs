crate::place::on_every_database! {
    or3_testkit::rate_limiter_suite, rate_limiter:
    a_budget_counts_down_and_is_then_used_up,
    a_request_leaves_when_it_is_as_old_as_the_window,
    refused_requests_do_not_extend_the_wait,
    requests_of_one_millisecond_all_count,
    subjects_and_policies_have_budgets_of_their_own,
    a_lowered_limit_waits_for_enough_requests_to_leave,
    a_budget_of_one_is_a_cooldown,
    a_refund_takes_back_one_request_of_its_time,
    clearing_a_budget_makes_it_whole,
    requests_that_arrive_together_never_exceed_the_limit,
}
