crate::place::on_every_database! {
    or3_testkit::sync_suite::stock, |state| suite::StockPorts {
        stock: state.stock(),
        sync: crate::sync::ports(state),
        files: state.file_index(),
    };
    an_empty_deployment_has_nothing_in_stock,
    what_there_is_is_summed_over_all_workspaces,
}
