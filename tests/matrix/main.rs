//! Every route for every kind of caller (auth contract, 8, 9 and 10.2): what it answers; that a
//! refusal changes no row and shows nothing of the workspace; and that two workspaces never see
//! each other's rows. Then what comes in: spoiled tokens are callers like others, spoiled bodies and
//! headers are sent by the owner, who could do everything, and so are requests that a machine makes up. The routes are those of the functions, so that a new one without an entry in
//! `table` fails here.

mod audience;
mod bodies;
mod caller;
mod cells;
mod file;
mod generated;
mod headers;
mod person;
mod rows;
mod table;
mod tokens;
mod two_workspaces;
mod world;
