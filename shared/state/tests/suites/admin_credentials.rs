crate::place::on_every_database! {
    or3_testkit::admin_credentials_suite, |state| state.admin_credentials();
    one_credential_is_kept_whoever_comes_first,
    a_hash_is_replaced_only_while_it_stands,
}
