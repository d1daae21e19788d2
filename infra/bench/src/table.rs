//! Tables with the goal beside the figure, in Markdown, so that they can be read here and kept in
//! docs/benchmarks.md as they are.

use crate::figure::number;

/// Rows under fixed heads.
pub struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// What a figure should reach.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// This much or more.
    AtLeast(f64),
    /// This much or less.
    AtMost(f64),
}

impl Goal {
    /// The goal, and whether `figure` reaches it.
    pub fn beside(self, figure: f64) -> String {
        let (sign, goal, met) = match self {
            Self::AtLeast(goal) => ("≥", goal, figure >= goal),
            Self::AtMost(goal) => ("≤", goal, figure <= goal),
        };
        let verdict = if met { "met" } else { "missed" };
        format!("{sign} {}: {verdict}", number(goal))
    }
}

impl Table {
    /// An empty table.
    pub fn new(heads: &[&str]) -> Self {
        Self {
            heads: heads.iter().map(|head| (*head).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row: one cell a head, missing ones stay empty.
    pub fn row(&mut self, mut cells: Vec<String>) {
        cells.resize(self.heads.len(), String::new());
        self.rows.push(cells);
    }

    /// Prints it under `title`.
    pub fn print(&self, title: &str) {
        let lines = [&self.heads].into_iter().chain(&self.rows);
        let widths: Vec<usize> = (0..self.heads.len())
            .map(|at| {
                let cells = lines.clone().map(|line| line[at].chars().count());
                cells.max().unwrap_or(0)
            })
            .collect();
        println!("\n### {title}\n");
        println!("{}", line(&self.heads, &widths));
        let dashes: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
        println!("{}", line(&dashes, &widths));
        for row in &self.rows {
            println!("{}", line(row, &widths));
        }
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let cells = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!(" {cell:<width$} |"));
    format!("|{}", cells.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_says_whether_it_is_met() {
        assert_eq!(Goal::AtLeast(20_000.0).beside(20_000.0), "≥ 20 000: met");
        assert_eq!(Goal::AtMost(5.0).beside(5.1), "≤ 5: missed");
    }
}
