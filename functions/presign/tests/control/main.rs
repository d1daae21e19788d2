//! What the control endpoints answer (storage contract, 2 and 11).

mod bucket;
mod commit;
mod desk;
mod lambda;
mod presign_download;
mod presign_upload;
mod quota;
mod shared_rules;
