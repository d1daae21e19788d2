//! With `BASE_URL` the tests talk to a deployment. Those that need settings or data of their own are
//! built as ignored then, so that they show as what they are: not run.

#[expect(clippy::disallowed_methods, reason = "a build script has no settings")]
fn main() {
    println!("cargo:rustc-check-cfg=cfg(deployed)");
    println!("cargo:rerun-if-env-changed=BASE_URL");
    if std::env::var_os("BASE_URL").is_some() {
        println!("cargo:rustc-cfg=deployed");
    }
}
