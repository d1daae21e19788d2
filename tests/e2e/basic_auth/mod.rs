//! `/api/basic-auth/*` (auth contract, 3.2).

mod change_password;
mod refresh;
mod register;
mod sign_in;
mod sign_out;
