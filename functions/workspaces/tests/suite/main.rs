//! The workspaces function through its router, on a real database file (auth contract, 3.3, 9 and
//! 15: 91 to 97).

mod guard;
mod lambda;
mod life;
mod office;
