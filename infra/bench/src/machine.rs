//! The circumstances that every figure depends on.

use std::fs;
use std::path::Path;

/// Prints what measures, on what, and where the data lies.
pub fn print(data: &Path, circumstances: &[(&str, String)]) {
    let build = if cfg!(debug_assertions) {
        "DEBUG BUILD, figures mean nothing"
    } else {
        "release build"
    };
    println!(
        "client: this binary, one thread, HTTP/1.1 keep-alive over loopback, waits for each answer; {build}"
    );
    println!(
        "hardware: {} cores shared by client and server, {}, {}",
        cores(),
        processor(),
        memory()
    );
    println!("system: {}, data on {}", kernel(), file_system(data));
    for (name, value) in circumstances {
        println!("{name}: {value}");
    }
}

/// How many threads the machine runs at once.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name))?;
        line.split_once(':')
            .map(|(_, value)| value.trim().to_owned())
    };
    match (field("model name"), field("model"), field("cpu family")) {
        (Some(name), ..) if name != "unknown" => name,
        (_, Some(model), Some(family)) => {
            let vendor = field("vendor_id").unwrap_or_default();
            format!("{vendor} family {family} model {model}")
        }
        _ => "unknown processor".to_owned(),
    }
}

fn memory() -> String {
    let info = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = info.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes = total.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    format!("{} GiB", kilobytes.unwrap_or_default() / (1 << 20))
}

fn kernel() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("Linux {}", release.trim())
}

/// The type of the mount that holds `path`: the longest mount point that is a prefix of it.
fn file_system(path: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    mounts
        .filter(|(point, _)| path.starts_with(point))
        .max_by_key(|(point, _)| point.len())
        .map_or("an unknown file system", |(_, kind)| kind)
        .to_owned()
}
