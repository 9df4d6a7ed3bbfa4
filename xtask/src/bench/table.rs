//! Tables as Markdown with aligned columns, readable in a terminal too.

use std::fmt;

/// A head, and rows of as many cells.
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with this head.
    pub fn new(head: impl IntoIterator<Item = String>) -> Self {
        Self { rows: vec![head.into_iter().collect()] }
    }

    /// Whether there is nothing below the head.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// Adds a row of as many cells as the head has.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows[0].len();
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                // Names to the left, figures to the right.
                if column == 0 {
                    write!(out, "| {cell:<width$} |")?;
                } else {
                    write!(out, " {cell:>width$} |")?;
                }
            }
            writeln!(out)?;
            if number == 0 {
                for (column, width) in widths.iter().enumerate() {
                    let rule = "-".repeat(*width);
                    if column == 0 {
                        write!(out, "| {rule} |")?;
                    } else {
                        write!(out, " {}: |", &rule[..width.max(&1) - 1])?;
                    }
                }
                writeln!(out)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(["", "s"].map(str::to_owned));
        table.row(["ours", "1.25"].map(str::to_owned));
        table.row(["a peer", "11"].map(str::to_owned));
        let expected = "|        |    s |\n| ------ | ---: |\n| ours   | 1.25 |\n| a peer |   11 |\n";
        assert_eq!(table.to_string(), expected);
    }
}
