crate::place::on_every_database! {
    or3_testkit::account_store_suite, accounts:
    an_account_is_found_by_address_and_by_id,
    a_taken_address_registers_nobody,
    a_registration_is_all_or_nothing,
    one_of_many_registrations_of_an_address_wins,
    a_rotation_ends_the_old_row_and_opens_the_new_one,
    a_rotated_token_inserts_nothing,
    a_chain_of_successors_is_read_in_order,
    one_of_many_rotations_makes_the_successor,
    only_the_own_token_of_the_current_version_rotates,
    an_overdue_row_is_stamped_as_revoked,
    revoking_ends_the_named_sessions_only,
    revoking_all_ends_every_session_and_its_grace,
    a_new_password_voids_everything_older,
    a_hash_is_renewed_only_if_it_is_the_verified_one,
}
