//! What happened last, for whoever looks into a failing seed.

/// The steps of a run; a panic prints the last of them.
#[derive(Default)]
pub(crate) struct Trace(Vec<String>);

const SHOWN: usize = 60;

impl Trace {
    pub(crate) fn step(&mut self, text: String) {
        self.0.push(text);
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let from = self.0.len().saturating_sub(SHOWN);
            for (number, step) in self.0.iter().enumerate().skip(from) {
                eprintln!("{number:4} {step}");
            }
        }
    }
}
